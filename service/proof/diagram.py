"""A diagram as the proof sees it: nodes, flows and scopes, without any word of the engine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

TASKS = {
    "task", "userTask", "manualTask", "serviceTask", "sendTask", "receiveTask",
    "businessRuleTask", "scriptTask",
}  # fmt: skip
EVENTS = {
    "startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent",
}  # fmt: skip
GATEWAYS = {"exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway"}
SCOPES = {"subProcess", "transaction", "adHocSubProcess"}
NODES = TASKS | EVENTS | GATEWAYS | SCOPES | {"callActivity"}


@dataclass(frozen=True, eq=False)
class Node:
    """A flow node. `event` is the kind of its event definition, `event_name` what that refers to, `timer` its time;
    `until` the condition on which a multi-instance ends.
    """

    id: str
    diagram: str
    kind: str
    name: str
    lane: str | None
    line: int
    event: str | None
    event_name: str | None
    attached: str | None
    interrupting: bool
    called: str | None
    decision: str | None
    default: str | None
    members: str | None
    sequential: bool
    by_event: bool
    timer: str | None
    until: str | None
    properties: dict[str, str] = field(repr=False)

    @property
    def act(self) -> str | None:
        """The act of the regulation that it performs."""
        return self.properties.get("act")

    @property
    def label(self) -> str:
        """Its name for a person."""
        return self.name or self.id

    def family(self, prefix: str) -> dict[str, str]:
        """Properties `prefix.NAME` as {NAME: FEEL}, in document order."""
        start = prefix + "."
        return {k[len(start) :]: v for k, v in self.properties.items() if k.startswith(start)}


@dataclass(frozen=True, eq=False)
class Flow:
    """A sequence flow."""

    id: str
    source: str
    target: str
    name: str
    condition: str | None


@dataclass(frozen=True, eq=False)
class Scope:
    """A process or an embedded sub-process: its nodes, its flows, the scopes within by node id."""

    nodes: dict[str, Node]
    flows: dict[str, Flow]
    inner: dict[str, Scope]

    @cached_property
    def leaving(self) -> dict[str, list[Flow]]:
        """Flows by the node that they leave, in document order."""
        found: dict[str, list[Flow]] = {}
        for flow in self.flows.values():
            found.setdefault(flow.source, []).append(flow)
        return found

    def out(self, node: Node) -> list[Flow]:
        """Flows that leave a node, in document order."""
        return self.leaving.get(node.id, [])

    @cached_property
    def entering(self) -> dict[str, list[Flow]]:
        """Flows by the node that they enter, in document order."""
        found: dict[str, list[Flow]] = {}
        for flow in self.flows.values():
            found.setdefault(flow.target, []).append(flow)
        return found

    def into(self, node: Node) -> list[Flow]:
        """Flows that enter a node."""
        return self.entering.get(node.id, [])

    def all_scopes(self) -> Iterator[Scope]:
        """Itself and the scopes within."""
        yield self
        for scope in self.inner.values():
            yield from scope.all_scopes()

    def all_nodes(self) -> Iterator[Node]:
        """Its nodes and those of the scopes within."""
        return (node for scope in self.all_scopes() for node in scope.nodes.values())

    def all_flows(self) -> Iterator[Flow]:
        """Its flows and those of the scopes within."""
        return (flow for scope in self.all_scopes() for flow in scope.flows.values())


@dataclass(frozen=True, eq=False)
class Diagram:
    """An executable process of a file."""

    id: str
    name: str
    path: str
    scope: Scope

    @property
    def start(self) -> Node | None:
        """Its start event, when it has one."""
        return next((n for n in self.scope.nodes.values() if n.kind == "startEvent"), None)
