"""Boxed expressions of a DMN file become Logic; one function for each element."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from service.dmn.boxed import (
    BoxedContext,
    BoxedList,
    Conditional,
    FunctionDefinition,
    Invocation,
    Iteration,
    Literal,
)
from service.dmn.cells import Cells
from service.dmn.model import Logic
from service.dmn.table_reader import read_table
from service.dmn.xml import child, children, local, required, text
from service.feel.tokens import normal_name


def logic_of(node: Any, cells: Cells) -> Logic | None:
    """The logic of the first boxed expression among the children; None without one. Raises DmnError."""
    for inner in node:
        if local(inner) in _READERS:
            return _READERS[local(inner)](inner, cells)
    return None


def _inner(node: Any, cells: Cells) -> Logic:
    found = logic_of(node, cells)
    if found is None:
        raise cells.wrong("缺少表达式", node)
    return found


def _all(node: Any, cells: Cells) -> list[Logic]:
    return [_READERS[local(c)](c, cells) for c in node if local(c) in _READERS]


def _literal(node: Any, cells: Cells) -> Logic:
    return Literal(cells.expression(text(node) or "null", node))


def _context(node: Any, cells: Cells) -> Logic:
    entries = []
    for entry in children(node, "contextEntry"):
        variable = child(entry, "variable")
        name = None if variable is None else normal_name(variable.get("name"))
        entries.append((name, _inner(entry, cells), cells.type_of(variable)))
    return BoxedContext(tuple(entries))


def _list(node: Any, cells: Cells) -> Logic:
    return BoxedList(tuple(_all(node, cells)))


def _relation(node: Any, cells: Cells) -> Logic:
    columns = [(normal_name(c.get("name")), cells.type_of(c)) for c in children(node, "column")]
    rows = []
    for row in children(node, "row"):
        cut = zip(columns, _all(row, cells), strict=True)
        rows.append(BoxedContext(tuple((name, logic, wanted) for (name, wanted), logic in cut)))
    return BoxedList(tuple(rows))


def read_function(node: Any, cells: Cells, name: str = "function") -> FunctionDefinition:
    """The function of a `functionDefinition` or `encapsulatedLogic`. Raises DmnError."""
    if node.get("kind") not in (None, "FEEL"):
        raise cells.wrong("不支持外部函数", node)
    parameters = children(node, "formalParameter")
    return FunctionDefinition(
        tuple(normal_name(p.get("name")) for p in parameters),
        _inner(node, cells),
        name,
        tuple(cells.type_of(p) for p in parameters),
    )


def _invocation(node: Any, cells: Cells) -> Logic:
    bindings = [
        (normal_name(required(binding, "parameter").get("name")), _inner(binding, cells))
        for binding in children(node, "binding")
    ]
    return Invocation(_inner(node, cells), tuple(bindings))


def _conditional(node: Any, cells: Cells) -> Logic:
    test, yes, no = (_inner(required(node, name), cells) for name in ("if", "then", "else"))
    return Conditional(test, yes, no)


def _iteration(node: Any, cells: Cells) -> Logic:
    kind = local(node)
    body = {"for": "return", "filter": "match"}.get(kind, "satisfies")
    variable = normal_name(node.get("iteratorVariable") or "item")
    cells.names.add(variable)
    domain = _inner(required(node, "in"), cells)
    return Iteration(kind, variable, domain, _inner(required(node, body), cells))


_READERS: dict[str, Callable[[Any, Cells], Logic]] = {
    "literalExpression": _literal,
    "context": _context,
    "list": _list,
    "relation": _relation,
    "functionDefinition": read_function,
    "invocation": _invocation,
    "decisionTable": read_table,
    "conditional": _conditional,
    "for": _iteration,
    "some": _iteration,
    "every": _iteration,
    "filter": _iteration,
}
