"""What a state space depends on, as one digest: two bundles that agree in it have the same space and findings."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from service.proof.compose import opaque_diagrams
from service.proof.diagram import Diagram, Node, Scope
from service.proof.rulebook import Rulebook
from service.proof.statement import Invariant, Statement
from service.proof.variables import expressions_read, inputs_read, is_fact, writes


def inputs_of(
    book: Rulebook, roots: tuple[str, ...], bound: Sequence[tuple[Invariant, Statement]]
) -> str:
    """The digest for these roots and statements: what is drawn in the diagrams that are played (not where), what the
    others do to them, tables, fields, acts and statements. Lines and files of elements are not in it.
    """
    statements = [statement for _, statement in bound]
    played, hidden = _parts(book, roots, statements)
    nodes = [n for name in played for n in book.diagrams[name].scope.all_nodes()]
    outside = [n for n in book.nodes() if n.diagram not in {*played, *hidden}]
    said: list[Any] = [
        roots,
        [(name in book.called, name in book.main_roots) for name in roots],
        [_drawn(book.diagrams[name]) for name in played],
        [(name, list(_summary(book, book.diagrams[name]))) for name in hidden],
        sorted({n for node in outside for n in writes(node) if is_fact(n)}),
        list(_tables(book, nodes)),
        list(_fields(book, nodes)),
        [(invariant, statement.text) for invariant, statement in bound],
        [(name, book.acts.get(name)) for name in sorted(_subjects(statements))],
        book.calendar,
    ]
    return hashlib.sha256(repr(said).encode()).hexdigest()


def _parts(
    book: Rulebook, roots: tuple[str, ...], statements: Sequence[Statement]
) -> tuple[list[str], list[str]]:
    """The diagrams that are played, and those that are one step or stand behind such a one."""
    opaque = opaque_diagrams(book, roots, statements)
    played: dict[str, None] = {}
    pending = list(roots)
    while pending:
        name = pending.pop(0)
        if name in played or name in opaque or name not in book.diagrams:
            continue
        played[name] = None
        pending += [n.called for n in book.diagrams[name].scope.all_nodes() if n.called]
    return list(played), sorted(book.below(roots) - set(played))


def _drawn(diagram: Diagram) -> tuple[Any, ...]:
    return diagram.id, diagram.name, _scope(diagram.scope)


def _scope(scope: Scope) -> tuple[Any, ...]:
    nodes = [(replace(node, line=0), node.properties) for node in scope.nodes.values()]
    return nodes, list(scope.flows.values()), [(k, _scope(s)) for k, s in scope.inner.items()]


def _summary(book: Rulebook, diagram: Diagram) -> Iterator[Any]:
    """What a diagram that is one step can do to the others."""
    for node in diagram.scope.all_nodes():
        mine = writes(node)
        yield (
            mine,
            sorted(inputs_read(node, book.input_names)),
            [(name, sorted(expressions_read(node, (name,)))) for name in mine],
            "gate" in node.properties,
            (node.kind, node.event, node.event_name) if node.event == "error" else None,
            node.called,
        )


def _tables(book: Rulebook, nodes: Iterable[Node]) -> Iterator[Any]:
    asked = {n.decision for n in nodes} | {n.properties.get("gate") for n in nodes}
    for name in sorted(filter(None, asked)):
        yield name, book.tables.get(name)


def _fields(book: Rulebook, nodes: Iterable[Node]) -> Iterator[Any]:
    for form in sorted({n.properties.get("form", "") for n in nodes if n.kind == "userTask"}):
        yield form, sorted(book.effects.fields.get(form, ()))


def _subjects(statements: Sequence[Statement]) -> set[str]:
    return {term.subject for statement in statements for term in statement.terms}
