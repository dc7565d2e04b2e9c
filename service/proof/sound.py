"""Soundness of a state space: it can always finish, nothing is dead, nothing doubles or is left behind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from service.proof.diagram import Node
from service.proof.explore import Edge, Graph
from service.proof.net import bits
from service.proof.trace import tell, way_to

WORDS = {
    "doubled-token": "同一处会有两个令牌",
    "no-way-on": "没有一条分支成立，也没有默认路径",
    "error-uncaught": "错误没有人捕获",
    "work-left": "到了结束事件，同一层还有事没办完",
    "turns-round": "没有人办理也会循环不止",
    "dead-end": "没有出线，走到这里就停了",
    "no-way-in": "没有入线，永远走不到",
    "no-callee": "调用的流程不存在",
    "no-start": "没有开始事件",
    "calls-itself": "流程调用了自己",
    "cannot-finish": "会走到再也不能办结的地方",
    "cannot-finish-without-exit": "不靠终止（中断）就不能办结",
    "never-reached": "永远走不到",
    "never-taken": "这条分支的条件永远不成立",
    "defence-reached": "声明走不到的防线被走到了",
}


@dataclass(frozen=True)
class Unsound:
    """A fault of the token game: rule, node, and a shortest way there (empty when none exists)."""

    rule: str
    node: Node
    way: tuple[str, ...]
    about: str = ""


def unsound(graph: Graph, *, called: bool) -> Iterator[Unsound]:
    """Faults of one state space. `called`: others catch the errors that the diagram lets out."""
    for rule, node in graph.net.problems:
        yield Unsound(rule, node, ())
    for fault in graph.faults.values():
        if not (called and fault.rule == "error-uncaught"):
            yield Unsound(fault.rule, fault.node, tell(way_to(graph, fault.state), fault.step))
    stuck = list(cannot_finish(graph))
    yield from stuck
    if not stuck:
        yield from _without_exit(graph)


def cannot_finish(graph: Graph) -> Iterator[Unsound]:
    """A state from which no run leads to the end of all instances that have begun, if there is one."""
    state = _stuck(graph, set())
    if state is not None:
        yield _told(graph, state, "cannot-finish")


def _without_exit(graph: Graph) -> Iterator[Unsound]:
    """The same without interrupting messages: a way out by termination must not hide a trap."""
    exits = {
        t.index
        for t in graph.net.transitions
        if t.kind == "boundary" and t.wipes and t.catches and t.catches[0] in ("message", "signal")
    }
    state = _stuck(graph, exits) if exits else None
    if state is not None:
        yield _told(graph, state, "cannot-finish-without-exit")


def _told(graph: Graph, state: int, rule: str) -> Unsound:
    marking = graph.states[state][0]
    places = (graph.net.places[i] for i in bits(marking))
    waiting = [p.node for p in places if p.node is not None] or list(graph.net.nodes.values())[:1]
    about = "、".join(dict.fromkeys(f"「{n.label}」" for n in waiting[-3:]))
    return Unsound(rule, waiting[-1], tell(way_to(graph, state)), about)


def _stuck(graph: Graph, without: set[int]) -> int | None:
    """The first state, of those reached without some transitions, that cannot finish without them."""
    reached: set[int] = set()
    waiting = [state for state, _ in graph.begins]
    before: dict[int, list[int]] = {}
    while waiting:
        state = waiting.pop()
        if state in reached:
            continue
        reached.add(state)
        for edge in graph.edges[state]:
            if edge.transition.index not in without:
                before.setdefault(edge.target, []).append(state)
                waiting.append(edge.target)
    good: set[int] = set()
    waiting = [state for state in graph.finals if state in reached]
    while waiting:
        state = waiting.pop()
        if state not in good:
            good.add(state)
            waiting += before.get(state, ())
    bad = sorted(reached - good)
    return next((s for s in bad if not graph.edges[s]), bad[0] if bad else None)


@dataclass
class Coverage:
    """What any of the explored state spaces has reached: nodes and flows by id()."""

    nodes: set[int]
    flows: set[int]

    def add(self, graph: Graph) -> None:
        """Count what a graph has reached."""
        for index, gives in graph.happened:
            t = graph.net.transitions[index]
            self.nodes |= {id(t.node), *(id(node) for node in t.acts)}
            self.flows |= {id(flow) for bit, flow in t.branches if bit & gives}


def dead(graph: Graph, seen: Coverage) -> Iterator[Unsound]:
    """Nodes and branches of a graph's diagrams that no run has reached, and defences that one has."""
    for node in graph.net.nodes.values():
        reached = id(node) in seen.nodes
        if "unreachable" in node.properties:
            if reached:
                yield Unsound("defence-reached", node, _way(graph, node))
        elif not reached:
            yield Unsound("never-reached", node, ())
    told: set[int] = set()
    for t in graph.net.transitions:
        for bit, flow in t.branches:
            target = graph.net.places[bit.bit_length() - 1].node
            defended = target is not None and "unreachable" in target.properties
            if id(t.node) in seen.nodes and id(flow) not in seen.flows | told and not defended:
                told.add(id(flow))
                yield Unsound("never-taken", t.node, (), flow.name or flow.condition or "")


def _way(graph: Graph, node: Node) -> tuple[str, ...]:
    """A way to the state from which a node is reached."""
    for state, edges in enumerate(graph.edges):
        found = next((e for e in edges if _does(e, node)), None)
        if found is not None:
            return tell([*way_to(graph, state), found])
    return ()


def _does(edge: Edge, node: Node) -> bool:
    return node in (edge.transition.node, *edge.transition.acts)
