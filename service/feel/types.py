"""Types in FEEL text (`list<number>`, `context<a: string>`, …) and `instance of`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from lark import Token, Tree

from service.feel.values import Function, Range, kind

ALIASES = {
    "date time": "date and time",
    "dateTime": "date and time",
    "dayTimeDuration": "days and time duration",
    "yearMonthDuration": "years and months duration",
    "Any": "any",
}


@dataclass(frozen=True)
class Type:
    """A type: its name, the types inside `<…>` (with names for a context), a function's result."""

    name: str
    inside: tuple[tuple[str | None, Type], ...] = ()
    result: Type | None = None


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
    return Type(ALIASES.get(name, name), inside, type_of_tree(results[0]) if results else None)


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
    if isinstance(value, Function) and wanted.inside:
        return len(value.parameters) == len(wanted.inside)
    return True


def fitted(value: Any, wanted: Type, types: Mapping[str, Type]) -> Any:
    """The value as a type wants it (DMN 1.5, 10.3.2.9.4): an item for a list of one, a list of one for
    an item, midnight UTC for a date. Raises TypeError when it does not fit.
    """
    wanted = types.get(wanted.name, wanted)
    if value is None or instance_of(value, wanted, types):
        return value
    if wanted.name == "list" and not isinstance(value, list):
        return [fitted(value, wanted.inside[0][1], types) if wanted.inside else value]
    if isinstance(value, list) and len(value) == 1 and wanted.name != "list":
        return fitted(value[0], wanted, types)
    if wanted.name == "date and time" and type(value) is date:
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    raise TypeError(f"{kind(value)} 不是 {wanted.name}")
