"""Item definitions: the types that a model names (DMN 1.5, 7.3.2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from service.dmn.xml import child, children, type_ref
from service.feel import UnaryTests
from service.feel.expression import outermost
from service.feel.limits import Run
from service.feel.tokens import normal_name
from service.feel.types import ALIASES, Type

BASIC = frozenset(
    [
        "any",
        "null",
        "number",
        "string",
        "boolean",
        "date",
        "time",
        "list",
        "context",
        "range",
        "function",
    ]
) | {"date and time", "days and time duration", "years and months duration"}


Tests = Callable[[Any], UnaryTests | None]


def read_types(
    root: Any, imported: Mapping[str, Mapping[str, Type]], tests: Tests
) -> dict[str, Type]:
    """The types of a file by name; `imported` holds those of imported files by the import's name,
    `tests` compiles what `allowedValues` or `typeConstraint` holds.
    """
    nodes = {normal_name(n.get("name") or ""): n for n in children(root, "itemDefinition")}
    found = {
        f"{prefix}.{name}" if prefix else name: type_
        for prefix, types in imported.items()
        for name, type_ in types.items()
    }
    for name, node in nodes.items():
        found[name] = _definition(node, _Known(nodes, found, tests), frozenset({name}))
    return found


def named(ref: str, types: Mapping[str, Type]) -> Type | None:
    """The type of a reference; None when there is no reference, or no such type."""
    name = ALIASES.get(ref, ref)
    if name in types:
        return types[name]
    return Type(name) if name in BASIC else None


@dataclass(frozen=True)
class _Known:
    """What definitions can refer to: elements of the file by name, types read so far; how tests are read."""

    nodes: Mapping[str, Any]
    types: Mapping[str, Type]
    tests: Tests


def _definition(node: Any, known: _Known, around: frozenset[str]) -> Type:
    function = child(node, "functionItem")
    components = children(node, "itemComponent")
    if function is not None:
        made = _function(function, known, around)
    elif components:
        inside = (
            (normal_name(c.get("name") or ""), _definition(c, known, around)) for c in components
        )
        made = Type("context", tuple(inside))
    else:
        made = _by_name(type_ref(node), known, around)
    made = _constrained(made, child(node, "allowedValues"), known)
    if node.get("isCollection") == "true":
        made = Type("list", ((None, made),))
    return _constrained(made, child(node, "typeConstraint"), known)


def _function(node: Any, known: _Known, around: frozenset[str]) -> Type:
    inside = tuple(
        (normal_name(p.get("name") or ""), _by_name(type_ref(p), known, around))
        for p in children(node, "parameters")
    )
    output = node.get("outputTypeRef")
    return Type("function", inside, _by_name(output, known, around) if output else None)


def _constrained(made: Type, node: Any | None, known: _Known) -> Type:
    """The type with the tests that an element adds: `allowedValues` speak of items, `typeConstraint` of all."""
    tests = None if node is None else known.tests(node)
    if tests is None:
        return made

    def allows(value: Any, run: Run) -> bool:
        return tests.test(outermost(run).inner({"?": value}), value) is True

    return replace(made, allowed=(*made.allowed, allows))


def _by_name(ref: str, known: _Known, around: frozenset[str]) -> Type:
    name = normal_name(ref.rpartition(":")[2])
    if name in known.nodes and name not in around:
        return _definition(known.nodes[name], known, around | {name})
    return named(name, known.types) or Type(
        "any"
    )  # also a type that holds itself: not followed further
