"""Variables that are called otherwise now: a promise speaks of the value, not of its name.

A name that nobody declares any more and a new one that is declared in all the same places, with the same values, are
one variable. Facts of a project keep their names: pages, papers and other diagrams know them.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from service.proof.variables import constants_in, declared_in, is_fact

Said = Mapping[str, Mapping[str, Mapping[str, Any]]]  # process → element → what it says
_NAMING = {"outputs", "sets", "result", "members", "until", "timer", "due", "group", "unit", "person"}  # fmt: skip
_FAMILIES = {"out", "in", "document", "assigns", "send"}


def under_new_names(
    promised: Said, names: Mapping[str, str]
) -> dict[str, dict[str, dict[str, Any]]]:
    """The promises with variables called as they are now."""
    return {
        own: {element: _in_names(told, names) for element, told in some.items()}
        for own, some in promised.items()
    }


def renamed(promised: Said, now: Said) -> dict[str, str]:
    """The name that a variable had → the one that it has."""
    was, here = _places(promised), _places(now)
    new = defaultdict(list)
    for name in here.keys() - was.keys():
        new[here[name]].append(name)
    gone = [name for name in was.keys() - here.keys() if not is_fact(name)]
    alone = Counter(was[name] for name in gone)
    return {n: new[was[n]][0] for n in gone if alone[was[n]] == len(new[was[n]]) == 1}


def _places(said: Said) -> dict[str, frozenset[tuple[Any, ...]]]:
    """Each variable with where, how and with which values it is declared."""
    found = defaultdict(set)
    for own, some in said.items():
        for element, told in some.items():
            for name, how in _declared(told):
                found[name].add((own, element, *how))
    return {name: frozenset(places) for name, places in found.items()}


def _declared(told: Mapping[str, Any]) -> Iterator[tuple[str, tuple[Any, ...]]]:
    for name, values in declared_in(str(told.get("outputs", ""))).items():
        yield name, ("outputs", values)
    for name, value in constants_in(str(told.get("sets", ""))).items():
        yield name, ("sets", value)
    if "result" in told:
        yield str(told["result"]), ("result",)
    for key in told:
        family, _, name = key.partition(".")
        if family == "out" and name:
            yield name, ("out",)


def in_names(told: Mapping[str, str], names: Mapping[str, str]) -> dict[str, str]:
    """Expressions with variables called as they are now."""
    found = dict(told)
    for old, new in names.items():
        word = re.compile(rf"\b{re.escape(old)}\b")
        found = {key: word.sub(new, text) for key, text in found.items()}
    return found


def _in_names(told: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    found = dict(told)
    for old, new in names.items():
        word = re.compile(rf"\b{re.escape(old)}\b")
        for key in list(found):
            family = key.partition(".")[0]
            if key in _NAMING or family in _FAMILIES:
                value = word.sub(new, str(found.pop(key)))
                found[f"out.{new}" if key == f"out.{old}" else key] = value
    return found
