"""Types in FEEL text (`list<number>`, `context<a: string>`, …) and `instance of`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, time
from typing import Any

from lark import Token, Tree

from service.feel.far import at_clock
from service.feel.limits import Run
from service.feel.values import NESTED, Function, Range, kind

ALIASES = {
    "date time": "date and time",
    "dateTime": "date and time",
    "dayTimeDuration": "days and time duration",
    "yearMonthDuration": "years and months duration",
    "Any": "any",
}


Allows = Callable[[Any, Run], bool]


@dataclass(frozen=True)
class Type:
    """A type: its name, the types inside `<…>` (with names for a context), a function's result;
    `closed` when `<…>` was written, be it empty; `allowed` are tests that a value has to pass to be
    fitted to the type (`instance of` does not ask them).
    """

    name: str
    inside: tuple[tuple[str | None, Type], ...] = ()
    result: Type | None = None
    closed: bool = False
    allowed: tuple[Allows, ...] = field(default=(), compare=False)


def type_of_tree(tree: Any) -> Type:
    """The type that a parse tree of rule `type_` writes."""
    words = ("NAME", "FUNCTION", "NULL")
    name = ".".join(c for c in tree.children if isinstance(c, Token) and c.type in words)
    arguments = [c for c in tree.children if isinstance(c, Tree) and c.data == "type_args"]
    inside = tuple(
        (
            str(argument.children[0]) if argument.children[0] is not None else None,
            type_of_tree(argument.children[-1]),
        )
        for group in arguments
        for argument in group.children
        if isinstance(argument, Tree)
    )
    results = [c for c in tree.children if isinstance(c, Tree) and c.data == "type_"]
    closed = any(isinstance(c, Token) and c.type == "LT" for c in tree.children)
    result = type_of_tree(results[0]) if results else None
    return Type(ALIASES.get(name, name), inside, result, closed)


def instance_of(value: Any, wanted: Type, types: Mapping[str, Type]) -> bool:
    """Whether a value has a type, `types` being those that the model names; null has none but `null`."""
    wanted = types.get(wanted.name, wanted)
    if value is None:
        return wanted.name == "null"
    if wanted.name == "any":
        return True
    if kind(value) != wanted.name:
        return False
    return _inside(value, wanted, types)


def _inside(value: Any, wanted: Type, types: Mapping[str, Type]) -> bool:
    if isinstance(value, list) and wanted.inside:
        return all(item is None or instance_of(item, wanted.inside[0][1], types) for item in value)
    if isinstance(value, dict):
        return all(
            name in value and (value[name] is None or instance_of(value[name], inner, types))
            for name, inner in wanted.inside
            if name is not None
        )
    if isinstance(value, Range) and wanted.inside:
        return all(
            end is None or instance_of(end, wanted.inside[0][1], types)
            for end in (value.start, value.end)
        )
    if isinstance(value, Function) and (wanted.inside or wanted.closed):
        return len(value.parameters) == len(wanted.inside)
    return True


def fitted(value: Any, wanted: Type, types: Mapping[str, Type], run: Run) -> Any:
    """The value as a type wants it (DMN 1.5, 10.3.2.9.4): an item for a list of one, a list of one for
    an item, midnight UTC for a date. Raises TypeError when it does not fit.
    """
    wanted = types.get(wanted.name, wanted)
    if isinstance(value, NESTED):
        run.charge(value, value)  # a type is looked up for each item
    found = value if value is None else _shaped(value, wanted, types, run)
    if not _allowed(found, wanted, types, run):
        raise TypeError(f"{kind(value)} 不在允许的值之内")
    return found


def _shaped(value: Any, wanted: Type, types: Mapping[str, Type], run: Run) -> Any:
    if instance_of(value, wanted, types):
        return value
    if wanted.name == "list" and not isinstance(value, list):
        return [_shaped(value, wanted.inside[0][1], types, run) if wanted.inside else value]
    if isinstance(value, list) and len(value) == 1 and wanted.name != "list":
        return _shaped(value[0], wanted, types, run)
    if wanted.name == "date and time" and kind(value) == "date":
        return at_clock(value, time(tzinfo=UTC))
    raise TypeError(f"{kind(value)} 不是 {wanted.name}")


def _allowed(value: Any, wanted: Type, types: Mapping[str, Type], run: Run) -> bool:
    """Whether a value of the type passes its tests, and what is inside those of the types inside."""
    wanted = types.get(wanted.name, wanted)
    if value is None:
        return True
    run.tick(len(wanted.allowed))
    if not all(allows(value, run) for allows in wanted.allowed):
        return False
    if isinstance(value, list) and wanted.inside:
        return all(_allowed(item, wanted.inside[0][1], types, run) for item in value)
    if isinstance(value, dict):
        return all(_allowed(value.get(str(n)), t, types, run) for n, t in wanted.inside)
    return True
