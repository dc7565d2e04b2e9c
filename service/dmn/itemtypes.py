"""Item definitions: the types that a model names (DMN 1.5, 7.3.2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from service.dmn.xml import child, children, type_ref
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


def read_types(root: Any, imported: Mapping[str, Mapping[str, Type]]) -> dict[str, Type]:
    """The types of a file by name; `imported` holds those of imported files by the import's name."""
    nodes = {normal_name(n.get("name") or ""): n for n in children(root, "itemDefinition")}
    found = {
        f"{prefix}.{name}" if prefix else name: type_
        for prefix, types in imported.items()
        for name, type_ in types.items()
    }
    for name, node in nodes.items():
        found[name] = _definition(node, nodes, found, frozenset({name}))
    return found


def named(ref: str, types: Mapping[str, Type]) -> Type | None:
    """The type of a reference; None when there is no reference, or no such type."""
    name = ALIASES.get(ref, ref)
    if name in types:
        return types[name]
    return Type(name) if name in BASIC else None


def _definition(
    node: Any, nodes: Mapping[str, Any], known: Mapping[str, Type], around: frozenset[str]
) -> Type:
    function = child(node, "functionItem")
    components = children(node, "itemComponent")
    if function is not None:
        inside = tuple(
            (normal_name(p.get("name") or ""), _reference(p, nodes, known, around))
            for p in children(function, "parameters")
        )
        output = function.get("outputTypeRef")
        result = _by_name(output, nodes, known, around) if output else None
        made = Type("function", inside, result)
    elif components:
        made = Type(
            "context",
            tuple(
                (normal_name(c.get("name") or ""), _definition(c, nodes, known, around))
                for c in components
            ),
        )
    else:
        made = _reference(node, nodes, known, around)
    return Type("list", ((None, made),)) if node.get("isCollection") == "true" else made


def _reference(
    node: Any, nodes: Mapping[str, Any], known: Mapping[str, Type], around: frozenset[str]
) -> Type:
    return _by_name(type_ref(node), nodes, known, around)


def _by_name(
    ref: str, nodes: Mapping[str, Any], known: Mapping[str, Type], around: frozenset[str]
) -> Type:
    name = normal_name(ref.rpartition(":")[2])
    if name in nodes and name not in around:
        return _definition(nodes[name], nodes, known, around | {name})
    return named(name, known) or Type("any")  # also a type that holds itself: not followed further
