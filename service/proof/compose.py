"""The state space of some instances beside each other, as small as their statements allow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from service.proof.build import build
from service.proof.diagram import Node
from service.proof.explore import explore
from service.proof.graph import Graph
from service.proof.limit import WHOLE, Limit
from service.proof.net import Trigger
from service.proof.outcomes import Outcomes
from service.proof.partial import UNKNOWN, names_read
from service.proof.rulebook import Rulebook
from service.proof.statement import Statement
from service.proof.variables import expressions_read, inputs_read, is_fact, track, writes
from service.proof.width import check_width


def space(
    book: Rulebook,
    roots: tuple[str, ...],
    statements: Sequence[Statement],
    limit: Limit = WHOLE,
) -> Graph:
    """The state space of one instance of each root, with what the statements look at; within `limit`.

    In a composition diagrams that no statement can tell apart are one step. Raises TooLarge.
    """
    opaque = opaque_diagrams(book, roots, statements)
    check_width(book.diagrams[name] for name in sorted(book.below(roots)))
    net = build(book.diagrams, roots, opaque=opaque)
    played = {node.diagram for node in net.nodes.values()}
    inside = list(net.nodes.values())
    hidden = [
        n
        for name in sorted(book.below(roots) - played)
        for n in book.diagrams[name].scope.all_nodes()
    ]
    outside = [n for n in book.nodes() if n.diagram not in book.below(roots)]
    also = {n for s in statements if s.guard for n in names_read(s.guard)}
    also |= {
        act.var
        for s in statements
        for t in s.terms
        if (act := book.acts.get(t.subject)) and act.var
    }
    flows = book.flows(frozenset(played))
    tracking = track([*inside, *hidden], flows, book.input_names, also, outside)
    outcomes = Outcomes(net, book.effects, tracking, book.diagrams)
    guards = _guards(net.nodes, statements)
    return explore(net, outcomes, _begin(book, roots, outcomes), guards, limit)


def _begin(book: Rulebook, roots: tuple[str, ...], outcomes: Outcomes) -> tuple[object, ...]:
    """The first values: null where the instance itself begins, unknown where others came before."""
    values: list[object] = [None] * outcomes.size
    fresh = roots[0] in book.main_roots
    for (root, name), slot in outcomes.slots.items():
        before = not fresh if is_fact(name) else roots[root] in book.called
        if before:
            values[slot] = UNKNOWN
    return tuple(values)


def _guards(
    nodes: Mapping[int, Node], statements: Sequence[Statement]
) -> dict[int, frozenset[str]]:
    """By node, the variables that guards read when it starts or completes."""
    found: dict[int, set[str]] = {}
    for statement in statements:
        if statement.guard is None:
            continue
        looked = statement.bad
        if statement.form == "always":
            looked = tuple(t for alternative in statement.first for t in alternative)
        subjects = {t.subject for t in looked}
        for key, node in nodes.items():
            if node.act in subjects:
                found.setdefault(key, set()).update(names_read(statement.guard))
    return {key: frozenset(names) for key, names in found.items()}


def opaque_diagrams(
    book: Rulebook, roots: tuple[str, ...], statements: Sequence[Statement]
) -> frozenset[str]:
    """Diagrams of a composition that can be one step: no act of a statement, no message between the roots, no
    fact that another root reads, in them or in those they call. None where one root stands alone."""
    if len(roots) == 1:
        return frozenset()
    acts = {t.subject for s in statements for t in s.terms}
    shared = _shared(book, roots)
    facts = _facts_read(book, roots)
    telling = {
        n.diagram
        for n in book.nodes()
        if n.act in acts or (n.event, n.event_name) in shared or facts & set(writes(n))
    }
    everything = book.below(roots)
    return frozenset(name for name in everything - set(roots) if not book.below((name,)) & telling)


def _shared(book: Rulebook, roots: tuple[str, ...]) -> set[Trigger]:
    """Messages and signals that one root's diagrams send and another's catch."""
    seen: dict[Trigger, set[int]] = {}
    for number, root in enumerate(roots):
        for name in book.below((root,)):
            for node in book.diagrams[name].scope.all_nodes():
                if node.event in ("message", "signal"):
                    seen.setdefault((node.event, node.event_name), set()).add(number)
    return {trigger for trigger, where in seen.items() if len(where) > 1}


def _facts_read(book: Rulebook, roots: tuple[str, ...]) -> set[str]:
    """Facts of the project on which a way or a decision of these diagrams depends."""
    played = book.below(roots)
    found: set[str] = set()
    for flow in book.flows(played):
        found |= names_read(flow.condition) if flow.condition else set()
    for node in book.nodes():
        if node.diagram in played:
            found |= inputs_read(node, book.input_names)
            found |= expressions_read(node, writes(node))
    return {name for name in found if is_fact(name)}
