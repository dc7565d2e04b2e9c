"""Types in FEEL text (`list<number>`, `context<a: string>`, …) and `instance of`."""

from __future__ import annotations

from dataclasses import dataclass
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
    tokens = [c for c in tree.children if isinstance(c, Token)]
    name = str(tokens[0])
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
    name = ALIASES.get(name, "null" if name == "null" else name)
    return Type(name, inside, type_of_tree(results[0]) if results else None)


def instance_of(value: Any, wanted: Type) -> bool:
    """Whether a value has a type; null has none but `null`."""
    if value is None:
        return wanted.name == "null"
    if wanted.name == "any":
        return True
    if kind(value) != wanted.name:
        return False
    return _inside(value, wanted)


def _inside(value: Any, wanted: Type) -> bool:
    if isinstance(value, list) and wanted.inside:
        return all(item is None or instance_of(item, wanted.inside[0][1]) for item in value)
    if isinstance(value, dict):
        return all(
            name in value and (value[name] is None or instance_of(value[name], inner))
            for name, inner in wanted.inside
            if name is not None
        )
    if isinstance(value, Range) and wanted.inside:
        return all(
            end is None or instance_of(end, wanted.inside[0][1]) for end in (value.start, value.end)
        )
    if isinstance(value, Function) and wanted.inside:
        return len(value.parameters) == len(wanted.inside)
    return True
