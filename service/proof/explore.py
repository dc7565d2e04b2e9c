"""The state space: every marking with every valuation that the token game can reach, breadth first.

A state is a marking in which all tokens wait for somebody; the automatic steps between two such markings,
messages delivered inside the composition included, are one edge. That is what the engine does in one
transaction, and it keeps the space small (a tenth of single steps).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from service.model.errors import TooLarge
from service.proof.diagram import Node
from service.proof.game import after, catchers, enabled, may_happen, receivers
from service.proof.liveness import lives
from service.proof.net import Net, Transition, Trigger, low
from service.proof.outcomes import Outcome, Outcomes, Values

MOST_STATES = 1_000_000
MOST_TURNS = 400


# marking, values, what has happened, messages and receivers still to come, automatic steps so far
Underway = tuple[int, Values, tuple[int, ...], tuple[Any, ...], int]


class Happening(NamedTuple):
    """An event of a statement: `start` or `done` of a node with an act, or `end` of an instance."""

    kind: str
    node: Node
    instance: int
    sets: tuple[tuple[str, Any], ...]
    sees: tuple[tuple[str, Any], ...]


class Edge(NamedTuple):
    """A step of somebody: the transition, how it turned out, what happened, the state after it."""

    transition: Transition
    note: str
    happenings: tuple[int, ...]
    target: int


class Fault(NamedTuple):
    """Something that must not happen in a token game, with the state before it and the step taken."""

    rule: str
    node: Node
    state: int
    step: Transition | None


@dataclass
class Graph:
    """States, edges, how each state was first reached (`parents`), and what came up on the way."""

    net: Net
    states: list[tuple[int, Values]] = field(default_factory=list)
    edges: list[list[Edge]] = field(default_factory=list)
    parents: list[tuple[int, Edge] | None] = field(default_factory=list)
    begins: list[tuple[int, tuple[int, ...]]] = field(default_factory=list)
    happenings: list[Happening] = field(default_factory=list)
    faults: dict[tuple[str, int], Fault] = field(default_factory=dict)
    happened: set[tuple[int, int]] = field(default_factory=set)
    finals: set[int] = field(default_factory=set)


def explore(
    net: Net, outcomes: Outcomes, begin: Values, guards: Mapping[int, frozenset[str]]
) -> Graph:
    """All states from the initial marking and the values `begin`.

    `guards`: for a node (by id()), the variables that statements look at when it starts or completes.
    Raises TooLarge when there are more than MOST_STATES states.
    """
    explorer = _Explorer(net, outcomes, guards)
    explorer.run(begin)
    return explorer.graph


class _Explorer:
    def __init__(self, net: Net, outcomes: Outcomes, guards: Mapping[int, frozenset[str]]) -> None:
        self.net, self.outcomes, self.guards = net, outcomes, guards
        self.graph = Graph(net)
        self.caught = catchers(net)
        self.dying = lives(net, outcomes, guards)
        # many states share a marking: what follows from it alone is found once
        self.ready: dict[int, list[Transition]] = {}
        self.dead: dict[int, list[int]] = {}
        self.ids: dict[tuple[int, Values], int] = {}
        self.happening_ids: dict[Happening, int] = {}
        self.now: tuple[int, Transition | None] = (-1, None)

    def run(self, begin: Values) -> None:
        """Breadth first from the beginning."""
        graph = self.graph
        for marking, values, seq in self.settle(self.net.initial, begin, (), ()):
            graph.begins.append((self.state(marking, values, None), seq))
        number = 0
        while number < len(graph.states):
            marking, values = graph.states[number]
            if not marking & self.net.running:
                graph.finals.add(number)
            for t in enabled(self.net, marking, auto=False):
                if t.catches not in self.caught:
                    self.now = (number, t)
                    self.step(number, t, marking, values)
            number += 1

    def step(self, number: int, t: Transition, marking: int, values: Values) -> None:
        """Add the edges of one transition of a state."""
        for note, m, v, seq, mail in self.fire(t, marking, values, ()):
            for m2, v2, all_ in self.settle(m, v, seq, mail):
                edge = Edge(t, note, all_, self.ids.get((m2, v2), len(self.graph.states)))
                self.state(m2, v2, (number, edge))
                self.graph.edges[number].append(edge)

    def state(self, marking: int, values: Values, parent: tuple[int, Edge] | None) -> int:
        """The number of a state, new or known."""
        key = (marking, values)
        if key not in self.ids:
            if len(self.ids) >= MOST_STATES:
                raise TooLarge(f"状态超过 {MOST_STATES} 个，请缩小组合的流程。")
            self.ids[key] = len(self.graph.states)
            self.graph.states.append(key)
            self.graph.edges.append([])
            self.graph.parents.append(parent)
        return self.ids[key]

    def fire(
        self, t: Transition, marking: int, values: Values, seq: tuple[int, ...]
    ) -> Iterable[tuple[str, int, Values, tuple[int, ...], tuple[Trigger, ...]]]:
        """Marking, values, happenings and messages after each outcome."""
        found = self.outcomes.of(t, values)
        if not found and t.branches:
            self.fault("no-way-on", t.node)
        for outcome in found:
            m, doubled = after(t, marking, outcome.gives)
            if doubled:
                self.fault("doubled-token", self.net.places[low(doubled)].node or t.node)
                continue
            self.graph.happened.add((t.index, outcome.gives if t.branches else 0))
            self.ends(t, m)
            v = _set(values, outcome)
            mail = (t.throws,) if t.throws in self.caught and t.throws else ()
            yield outcome.note, m, v, seq + self.happens(t, outcome, v), mail

    def ends(self, t: Transition, marking: int) -> None:
        """Note errors that nobody catches, and ends that leave work behind."""
        if t.kind == "uncaught":
            self.fault("error-uncaught", t.node)
        on_main = t.kind == "end" and t.empties is None and t.node.id in t.frame.main
        if on_main and marking & t.frame.work & ~t.frame.side:
            self.fault("work-left", t.node)

    def settle(
        self, marking: int, values: Values, seq: tuple[int, ...], mail: tuple[Trigger, ...]
    ) -> list[tuple[int, Values, tuple[int, ...]]]:
        """Where automatic steps and deliveries lead: states in which all wait for somebody."""
        waiting: list[Underway] = [(marking, values, seq, mail, 0)]
        found = []
        while waiting:
            m, v, s, post, turns = waiting.pop()
            ready = self.ready.get(m)
            if ready is None:
                ready = self.ready[m] = enabled(self.net, m, auto=True)
            if ready and turns > MOST_TURNS:
                self.fault("turns-round", ready[0].node)
            elif ready:
                for _, m2, v2, s2, more in self.fire(ready[0], m, v, s):
                    waiting.append((m2, v2, s2, post + more, turns + 1))
            elif post:
                waiting += self.deliver(m, v, s, post, turns)
            else:
                found.append((m, self.forget(m, v), s))
        return found

    def deliver(
        self, m: int, v: Values, s: tuple[int, ...], post: tuple[Any, ...], turns: int
    ) -> Iterable[Underway]:
        """The next message, or the next of its receivers."""
        head, rest = post[0], post[1:]
        if not isinstance(head, Transition):
            return [(m, v, s, (*receivers(self.caught, head, m), *rest), turns)]
        if not may_happen(head, m):
            return [(m, v, s, rest, turns)]
        return [
            (m2, v2, s2, rest + more, turns + 1) for _, m2, v2, s2, more in self.fire(head, m, v, s)
        ]

    def forget(self, marking: int, values: Values) -> Values:
        """Values that nobody can read any more become null."""
        dead = self.dead.get(marking)
        if dead is None:
            dead = [slot for slot, places in self.dying if not marking & places]
            self.dead[marking] = dead
        kept = None
        for slot in dead:
            if values[slot] is not None:
                kept = list(values) if kept is None else kept
                kept[slot] = None
        return values if kept is None else tuple(kept)

    def happens(self, t: Transition, outcome: Outcome, values: Values) -> tuple[int, ...]:
        """What a transition means to statements, in order."""
        made = []
        if t.starts and t.node.act:
            made.append(self.happening("start", t.node, t.instance, (), values))
        for node in t.acts:
            if node.act:
                made.append(self.happening("done", node, t.instance, outcome.names, values))
        if t.kind in ("finish", "uncaught"):
            made.append(self.happening("end", t.node, t.instance, (), values))
        return tuple(made)

    def happening(
        self,
        kind: str,
        node: Node,
        instance: int,
        sets: tuple[tuple[str, Any], ...],
        values: Values,
    ) -> int:
        """The number of a happening, new or known."""
        names = sorted(self.guards.get(id(node), ()))
        slots = self.outcomes.slots
        sees = tuple((n, values[slots[instance, n]]) for n in names if (instance, n) in slots)
        made = Happening(kind, node, instance, sets, sees)
        number = self.happening_ids.setdefault(made, len(self.graph.happenings))
        if number == len(self.graph.happenings):
            self.graph.happenings.append(made)
        return number

    def fault(self, rule: str, node: Node) -> None:
        """Remember the first time that a rule is broken at a node."""
        self.graph.faults.setdefault((rule, id(node)), Fault(rule, node, *self.now))


def _set(values: Values, outcome: Outcome) -> Values:
    if not outcome.sets:
        return values
    changed = list(values)
    for slot, value in outcome.sets:
        changed[slot] = value
    return tuple(changed)
