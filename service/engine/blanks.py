"""A rule looked at while some of what it reads is still blank: does every way of filling it come to the same?

FEEL takes a blank for null, and `null = "yes"` is false: that a rule does not fire now says nothing of what
it will do. So the choices that a blank field offers are tried.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from service.dmn import RuleView
from service.engine.definition import Definition
from service.engine.elements import Element
from service.model.values import Value

MAX_WAYS = 64  # of filling the blanks of a rule; with more of them it waits


def verdict(
    look: Callable[[Mapping[str, Any]], RuleView],
    reads: Sequence[frozenset[str]],
    blank: Collection[str],
    choices: Mapping[str, Sequence[Any]],
) -> bool | None:
    """Whether a rule fires; None while that depends on what is blank.

    `look` gives the rule under more values, `reads` the names behind each of its cells, `choices` what a
    blank name can become, for those where that is finite.
    """
    missing = [names & set(blank) for names in reads]
    now = look({})
    if any(not cell.holds for cell, names in zip(now.cells, missing, strict=True) if not names):
        return False
    free = sorted(frozenset().union(*missing) & choices.keys())
    if math.prod(len(choices[name]) for name in free) > MAX_WAYS:
        free = []
    found = {
        _fires(look(dict(zip(free, values, strict=True))), missing, free)
        for values in itertools.product(*(choices[name] for name in free))
    }
    return found.pop() if len(found) == 1 else None


def _fires(
    view: RuleView, missing: Sequence[frozenset[str]], filled: Collection[str]
) -> bool | None:
    """True, False, or None when cells that read what is neither known nor filled decide it."""
    known = [
        cell.holds for cell, names in zip(view.cells, missing, strict=True) if names <= set(filled)
    ]
    if not all(known):
        return False
    return True if len(known) == len(view.cells) else None


def choices_of(definition: Definition, element: Element) -> dict[str, tuple[Value, ...]]:
    """What the fields of a task's form can become, where they are choices written in form or diagram.

    None among them: the field may stay blank.
    """
    form = definition.forms[element.form_id] if element.form_id else None
    found: dict[str, tuple[Value, ...]] = {}
    for key, field in form.fields.items() if form else ():
        declared = element.outputs[key].values if key in element.outputs else ()
        ways = tuple(option.value for option in field.options) or declared
        if ways and field.type in ("radio", "select"):
            may_stay_blank = not field.required or field.hide is not None
            found[key] = (*ways, None) if may_stay_blank else ways
    return found
