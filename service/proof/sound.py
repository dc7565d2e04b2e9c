"""Soundness of a state space: it can always finish, nothing is dead, nothing doubles or is left behind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from service.proof.diagram import Node
from service.proof.graph import Edge, Graph
from service.proof.net import bits
from service.proof.trace import places, tell, way_to

WORDS = {
    "doubled-token": "会同时办两遍（同一处有两个令牌）",
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
    """A fault of the token game: rule, node, and a shortest way there with its places (empty when none exists)."""

    rule: str
    node: Node
    way: tuple[str, ...]
    about: str = ""
    steps: tuple[str, ...] = ()


def unsound(graph: Graph, *, called: bool) -> Iterator[Unsound]:
    """Faults of one state space. `called`: others catch the errors that the diagram lets out."""
    for rule, node in graph.net.problems:
        yield Unsound(rule, node, ())
    for fault in graph.faults.values():
        if not (called and fault.rule == "error-uncaught"):
            way = way_to(graph, fault.state)
            steps = places(way, fault.step)
            yield Unsound(fault.rule, fault.node, tell(way, fault.step), steps=steps)
    stuck = list(cannot_finish(graph))
    yield from stuck
    if not stuck and graph.whole:
        yield from _without_exit(graph)


def cannot_finish(graph: Graph) -> Iterator[Unsound]:
    """A state from which no run leads to the end of all instances that have begun, if there is one.

    Of a space that is not whole nobody can say.
    """
    state = _stuck(graph, set()) if graph.whole else None
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
    marked = (graph.net.places[i] for i in bits(marking))
    waiting = [p.node for p in marked if p.node is not None] or list(graph.net.nodes.values())[:1]
    about = "、".join(dict.fromkeys(f"「{n.label}」" for n in waiting[-3:]))
    way = way_to(graph, state)
    return Unsound(rule, waiting[-1], tell(way), about, places(way))


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


@dataclass(frozen=True)
class Reach:
    """What runs of a state space have reached: nodes by `diagram/element`, branches by `diagram/flow`; `unreached` and
    `untaken` are the others, `defended` the nodes that are declared to be out of reach, with a way there if one is.
    """

    nodes: tuple[str, ...]
    flows: tuple[str, ...]
    unreached: tuple[Lacking, ...]
    untaken: tuple[Lacking, ...]
    defended: tuple[Lacking, ...]

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Reach:
        """From what JSON says."""
        lacking = ("unreached", "untaken", "defended")
        lists = {
            n: tuple(
                Lacking(**{**one, **{k: tuple(one[k]) for k in ("clauses", "way", "steps")}})
                for one in data[n]
            )
            for n in lacking
        }
        return cls(tuple(data["nodes"]), tuple(data["flows"]), **lists)


@dataclass(frozen=True)
class Lacking:
    """A node, or a branch of it (`flow`), as a finding needs it."""

    node: str
    label: str
    clauses: tuple[str, ...]
    flow: str = ""
    about: str = ""
    way: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()


def reach_of(graph: Graph) -> Reach:
    """What a graph has reached and what not."""
    nodes: dict[str, None] = {}
    flows: dict[str, None] = {}
    for index, gives in sorted(graph.happened):
        t = graph.net.transitions[index]
        nodes |= dict.fromkeys(_key(node) for node in (t.node, *t.acts))
        flows |= {f"{t.node.diagram}/{f.id}": None for bit, f in t.branches if bit & gives}
    every = list(graph.net.nodes.values())
    guarded = [n for n in every if "unreachable" in n.properties]
    return Reach(
        tuple(nodes),
        tuple(flows),
        tuple(_lacking(n) for n in every if n not in guarded and _key(n) not in nodes),
        tuple(_untaken(graph, flows)),
        tuple(_lacking(n, way=_way(graph, n)) for n in guarded),
    )


def _key(node: Node) -> str:
    return f"{node.diagram}/{node.id}"


def _lacking(node: Node, flow: str = "", about: str = "", way: Sequence[Edge] = ()) -> Lacking:
    clauses = tuple(node.properties.get("article", "").split())
    return Lacking(_key(node), node.label, clauses, flow, about, tell(way), places(way))


def _untaken(graph: Graph, taken: Mapping[str, None]) -> Iterator[Lacking]:
    """Branches that no run of the graph takes, but those to a defence."""
    for t in graph.net.transitions:
        for bit, flow in t.branches:
            target = graph.net.places[bit.bit_length() - 1].node
            defended = target is not None and "unreachable" in target.properties
            own = f"{t.node.diagram}/{flow.id}"
            if own not in taken and not defended:
                yield _lacking(t.node, own, flow.name or flow.condition or "")


def dead(reaches: Sequence[Reach]) -> Iterator[tuple[str, Lacking]]:
    """(rule, node or branch) of what no run of any space has reached, and of defences that one has."""
    nodes = {key for reach in reaches for key in reach.nodes}
    flows = {key for reach in reaches for key in reach.flows}
    for reach in reaches:
        yield from (("defence-reached", one) for one in reach.defended if one.node in nodes)
        yield from (("never-reached", one) for one in reach.unreached if one.node not in nodes)
        for one in reach.untaken:
            if one.node in nodes and one.flow not in flows:
                yield "never-taken", one


def _way(graph: Graph, node: Node) -> Sequence[Edge]:
    """A way to the state from which a node is reached, and the step that reaches it."""
    for state, edges in enumerate(graph.edges):
        found = next((e for e in edges if _does(e, node)), None)
        if found is not None:
            return [*way_to(graph, state), found]
    return ()


def _does(edge: Edge, node: Node) -> bool:
    return node in (edge.transition.node, *edge.transition.acts)
