"""A counterexample in the words of the owners: one line for each step that somebody takes."""

from __future__ import annotations

from collections.abc import Sequence

from service.proof.graph import Edge, Graph
from service.proof.net import Transition

VERBS = {"do": "办理", "begin": "发起", "boundary": "发生", "event": "发生", "raise": "出错于"}


def way_to(graph: Graph, state: int) -> list[Edge]:
    """The edges of a shortest way to a state."""
    found = []
    before = graph.parents[state] if state >= 0 else None
    while before is not None:
        state, edge = before
        found.append(edge)
        before = graph.parents[state]
    return found[::-1]


def tell(edges: Sequence[Edge], last: Transition | None = None) -> tuple[str, ...]:
    """Names of the elements, in order, with the outcome that mattered."""
    lines = [line(edge.transition, edge.note) for edge in edges]
    return (*lines, line(last, "")) if last is not None else tuple(lines)


def line(t: Transition, note: str) -> str:
    """One step in Chinese."""
    verb = VERBS.get(t.kind, "经过")
    if t.kind in ("event", "boundary") and t.catches and t.catches[0] == "timer":
        verb = "到期"
    return f"{verb}「{t.node.label}」" + (f"（{note}）" if note else "")


def places(edges: Sequence[Edge], last: Transition | None = None) -> tuple[str, ...]:
    """`diagram/element` of each step that `tell` tells, in order."""
    nodes = [edge.transition.node for edge in edges] + ([last.node] if last is not None else [])
    return tuple(f"{node.diagram}/{node.id}" for node in nodes)
