"""What can be said of a scope without playing: who waits, what is on the main way, what leads nowhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from service.proof.diagram import SCOPES, TASKS, Diagram, Flow, Node, Scope

CAUGHT = ("timer", "message", "signal", "conditional")


def waits(scope: Scope, node: Node) -> bool:
    """Whether a token stays in the node: activities, catch events, event gateways; start events once."""
    if node.kind == "intermediateCatchEvent":
        return not after_gateway(scope, node)
    if node.kind in SCOPES:
        return not node.by_event
    return (
        node.kind in TASKS
        or node.kind in ("callActivity", "eventBasedGateway")
        or (node.kind == "startEvent" and node.event != "error")
    )


def after_gateway(scope: Scope, node: Node) -> bool:
    """Whether an event-based gateway waits for this event."""
    return {scope.nodes[f.source].kind for f in scope.into(node) if f.source in scope.nodes} == {
        "eventBasedGateway"
    }


def main_nodes(scope: Scope) -> frozenset[str]:
    """Nodes that can be reached without a non-interrupting event."""
    found: set[str] = set()
    pending = [n.id for n in scope.nodes.values() if n.kind == "startEvent"]
    while pending:
        own = pending.pop()
        if own in found or own not in scope.nodes:
            continue
        found.add(own)
        pending += [f.target for f in scope.out(scope.nodes[own])]
        pending += [n.id for n in scope.nodes.values() if n.attached == own and n.interrupting]
    return frozenset(found)


def downstream(
    scope: Scope, node: Node, flow_bit: Mapping[str, int], busy: Mapping[str, int]
) -> int:
    """Places to which a token can come from a node."""
    mask = 0
    seen: set[str] = set()
    pending = [node.id]
    while pending:
        own = pending.pop()
        if own in seen or own not in scope.nodes:
            continue
        seen.add(own)
        mask |= busy.get(own, 0)
        for flow in scope.out(scope.nodes[own]):
            mask |= flow_bit[flow.id]
            pending.append(flow.target)
        pending += [n.id for n in scope.nodes.values() if n.attached == own]
    return mask


def upstream(
    scope: Scope, flow: Flow, join: Node, flow_bit: Mapping[str, int], busy: Mapping[str, int]
) -> int:
    """Places from which a token can still come to `flow` without passing the inclusive join."""
    mask = 0
    seen = {join.id}
    pending = [flow.source]
    while pending:
        own = pending.pop()
        if own in seen or own not in scope.nodes:
            continue
        seen.add(own)
        node = scope.nodes[own]
        mask |= busy.get(own, 0)
        for before in scope.into(node):
            mask |= flow_bit[before.id]
            pending.append(before.source)
        if node.attached:
            pending.append(node.attached)
    return mask


def problems(scope: Scope, diagrams: Mapping[str, Diagram]) -> Iterator[tuple[str, Node]]:
    """Dead ends, nodes that nothing leads to, calls that lead nowhere."""
    for node in scope.nodes.values():
        if not scope.out(node) and node.kind != "endEvent" and not node.by_event:
            yield "dead-end", node
        if (
            not scope.into(node)
            and node.kind not in ("startEvent", "boundaryEvent")
            and not node.by_event
        ):
            yield "no-way-in", node
        if node.kind == "callActivity" and node.called not in diagrams:
            yield "no-callee", node
    if not any(n.kind == "startEvent" for n in scope.nodes.values()):
        yield from (("no-start", n) for n in list(scope.nodes.values())[:1])


def errors_of(
    diagrams: Mapping[str, Diagram], called: Diagram | None, seen: frozenset[str] = frozenset()
) -> set[str | None]:
    """Errors that a diagram may raise, itself or by those it calls."""
    if called is None or called.id in seen:
        return set()
    found: set[str | None] = set()
    for node in called.scope.all_nodes():
        if node.kind == "endEvent" and node.event == "error":
            found.add(node.event_name)
        elif node.kind == "callActivity":
            found |= errors_of(diagrams, diagrams.get(node.called or ""), seen | {called.id})
    return found
