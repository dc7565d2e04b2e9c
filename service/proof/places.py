"""The places of one scope: a token can be on a flow, in a node that waits, or armed as an event."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from service.proof.diagram import Diagram, Flow, Node, Scope
from service.proof.net import Frame, Net
from service.proof.shape import CAUGHT, main_nodes, waits


@dataclass(frozen=True)
class Plan:
    """What is built from what: see `build`."""

    diagrams: Mapping[str, Diagram]
    opaque: frozenset[str]
    automatic: frozenset[str]
    net: Net


class Places:
    """One scope while it is built. `calls` are the diagrams around it, so that none calls itself."""

    def __init__(self, plan: Plan, frame: Frame, scope: Scope, calls: tuple[str, ...]) -> None:
        self.plan, self.net = plan, plan.net
        self.frame, self.scope, self.calls = frame, scope, calls
        nodes, place = scope.nodes.values(), plan.net.place
        self.flow = {
            f.id: place("flow", scope.nodes.get(f.target), frame) for f in scope.flows.values()
        }
        self.busy = {n.id: place("busy", n, frame) for n in nodes if waits(scope, n)}
        self.boundaries: dict[str, list[Node]] = {}
        for node in nodes:
            if node.attached:
                self.boundaries.setdefault(node.attached, []).append(node)
        self.armed = {
            n.id: place("armed", n, frame)
            for n in nodes
            if n.attached and not n.interrupting and n.event in CAUGHT
        }
        self.children = {
            n.id: self._child(n) for n in nodes if n.id in self.busy and n.kind != "startEvent"
        }

    def _child(self, node: Node) -> Frame:
        child = Frame(self.frame, (*self.frame.path, node.id), self.frame.instance)
        child.busy = self.busy[node.id]
        for b in self.boundaries.get(node.id, []):
            child.armed |= self.armed.get(b.id, 0)
            if b.event == "error":
                child.handlers.append((b, self.out(b)))
        return child

    def out(self, node: Node) -> int:
        """The flows that leave a node, all marked."""
        mask = 0
        for flow in self.scope.out(node):
            mask |= self.flow[flow.id]
        return mask

    def into(self, node: Node) -> list[int]:
        """The flows that enter a node."""
        return [self.flow[f.id] for f in self.scope.into(node)]

    def branches(self, node: Node) -> tuple[tuple[int, Flow], ...]:
        """The flows that leave a gateway, each with its place."""
        return tuple((self.flow[f.id], f) for f in self.scope.out(node))

    def mark_sides(self) -> None:
        """Note in the frame what lies behind reminders only: it does not count as work left."""
        main = self.frame.main = main_nodes(self.scope)
        for flow in self.scope.flows.values():
            self.frame.side |= 0 if flow.source in main else self.flow[flow.id]
        for own, bit in self.busy.items():
            if own not in main:
                self.frame.side |= bit
                self.frame.side |= self.children[own].inside if own in self.children else 0
        for bit in self.armed.values():
            self.frame.side |= bit
