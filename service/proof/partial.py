"""FEEL with unknown values: exact when no unknown name is asked for, else UNKNOWN.

An unknown name raises the moment an expression reads it. What `and`, `or` and `if` never look at stays
unread, so `confirmed = "yes" and percent >= 100` is false whenever `confirmed` is known to be "no".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from service.feel import Expression, Function, UnaryTests, parse
from service.feel.host import HOST_NAMES


class Unknown:
    """The type of UNKNOWN."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = Unknown()
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


class Asked(Exception):
    """An expression has read a name whose value nobody knows."""


class _Names(Mapping[str, Any]):
    """Names and functions as a scope that is asked one by one: a context would be read at once."""

    def __init__(
        self, wanted: frozenset[str], known: Mapping[str, Any], functions: Mapping[str, Function]
    ) -> None:
        self.wanted = wanted
        self.known = known
        self.functions = functions

    def __contains__(self, name: object) -> bool:
        return name in self.wanted or name in self.known or name in self.functions

    def __getitem__(self, name: str) -> Any:
        if name in self.functions and name not in self.known:
            return self.functions[name]
        value = self.known.get(name, UNKNOWN)
        if value is UNKNOWN:
            raise Asked(name)
        return value

    def __iter__(self) -> Any:
        return iter([*self.known, *self.functions])

    def __len__(self) -> int:
        return len(self.known) + len(self.functions)

    def __bool__(self) -> bool:
        return True


@dataclass(frozen=True)
class Clock:
    """What expressions see besides names: the functions, and the time, None when it is unknown."""

    functions: Mapping[str, Function]
    now: datetime | None = None

    @property
    def all_functions(self) -> Mapping[str, Function]:
        """The functions; without a time, those that read it raise Asked."""
        if self.now is not None:
            return self.functions
        return {**self.functions, "today": _UNTOLD, "now": _UNTOLD}


def _untold(run: Any) -> Any:
    raise Asked("now")


_UNTOLD = Function((), _untold, name="now")


def names_read(text: str) -> frozenset[str]:
    """Names that an expression reads."""
    return parse(text, names=HOST_NAMES).free_names - frozenset(HOST_NAMES)


def reads_clock(text: str) -> bool:
    """Whether an expression asks for the time."""
    return bool(re.search(r"\b(?:today|now)\s*\(", text))


def value_of(text: str, known: Mapping[str, Any], clock: Clock) -> Any:
    """The value of an expression, or UNKNOWN. Names missing in `known` are unknown."""
    expression = parse(text, names=HOST_NAMES)
    return evaluated(expression, known, clock)


def evaluated(expression: Expression, known: Mapping[str, Any], clock: Clock) -> Any:
    """As value_of, for a compiled expression."""
    names = _Names(expression.free_names - frozenset(HOST_NAMES), known, clock.all_functions)
    try:
        return expression.evaluate({}, now=clock.now or LONG_AGO, functions=names)
    except Asked:
        return UNKNOWN


def passes(test: UnaryTests, value: Any, known: Mapping[str, Any], clock: Clock) -> Any:
    """Whether a value passes unary tests: True, False or UNKNOWN."""
    if test.text.strip() == "-":
        return True
    if value is UNKNOWN:
        return UNKNOWN
    names = _Names(test.free_names - frozenset(HOST_NAMES), known, clock.all_functions)
    try:
        found = test.matches(value, {}, now=clock.now or LONG_AGO, functions=names)
    except Asked:
        return UNKNOWN
    return found is True
