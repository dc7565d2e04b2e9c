"""The state space: every marking with every valuation that the token game can reach, breadth first.

A state is a marking in which all tokens wait for somebody; the automatic steps between two such markings,
messages delivered inside the composition included, are one edge. That is what the engine does in one
transaction, and it keeps the space small (a tenth of single steps).
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from operator import itemgetter
from typing import Any

from service.model.errors import TooLarge
from service.proof.diagram import Node
from service.proof.fork import Fork
from service.proof.game import after, catchers, enabled, may_happen, receivers
from service.proof.graph import Edge, Fault, Graph
from service.proof.happenings import Happenings
from service.proof.limit import NEAR, WHOLE, Limit
from service.proof.liveness import lives
from service.proof.net import Net, Transition, Trigger, low
from service.proof.outcomes import Outcomes, Values

MOST_TURNS = 400
MOST_AT_ONCE = 20_000  # ways on without anybody's doing, from one step

# marking, values, what has happened, messages and receivers still to come, automatic steps so far
Underway = tuple[int, Values, tuple[int, ...], tuple[Any, ...], int]

# words of the outcome, marking, values, what has happened, messages to be delivered
Taken = tuple[str, int, Values, tuple[int, ...], tuple[Any, ...]]
# the same of one instance: its marking, the values that became others
Found = tuple[str, int, tuple[tuple[int, Any], ...], tuple[int, ...], tuple[Any, ...]]


def explore(
    net: Net,
    outcomes: Outcomes,
    begin: Values,
    guards: Mapping[int, frozenset[str]],
    limit: Limit = WHOLE,
) -> Graph:
    """All states from the initial marking and the values `begin`, the nearest first.

    `guards`: for a node (by id()), the variables that statements look at when it starts or completes. The graph is not
    `whole` when there is more than `limit`, or than NEAR and something is wrong already. Raises TooLarge when a
    single step can turn out in too many ways.
    """
    explorer = _Explorer(net, outcomes, guards)
    with _without_collecting():
        explorer.run(begin, limit)
    return explorer.graph


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Everything that exploring makes stays: looking through it for garbage takes a fifth of the time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


class _Explorer:
    def __init__(self, net: Net, outcomes: Outcomes, guards: Mapping[int, frozenset[str]]) -> None:
        self.net, self.outcomes = net, outcomes
        self.happenings = Happenings(net, outcomes, guards)
        self.graph = Graph(net, happenings=self.happenings.found)
        self.caught = catchers(net)
        self.dying = lives(net, outcomes, guards)
        # many states share a marking: what follows from it alone is found once
        self.ready: dict[int, list[Transition]] = {}
        self.doing: dict[int, list[Transition]] = {}
        self.dead: dict[int, list[int]] = {}
        self.ids: dict[tuple[int, Values], int] = {}
        self.left = [_left_behind(t) for t in net.transitions]
        self.own = [_own(net, outcomes, number) for number in range(len(net.roots))]
        self.known: dict[tuple[int, int, Any], list[Found]] = {}
        self.now: tuple[int, Transition | None] = (-1, None)
        self.steps = 0

    def run(self, begin: Values, limit: Limit) -> None:
        """Breadth first from the beginning."""
        graph = self.graph
        for marking, values, seq in self.settle(self.net.initial, begin, (), ()):
            graph.begins.append((self.state(marking, values, None), seq))
        number = 0
        while number < len(graph.states):
            most = NEAR if graph.faults else limit
            if number >= most.states or self.steps >= most.steps:
                graph.whole = False
                break
            marking, values = graph.states[number]
            if not marking & self.net.running:
                graph.finals.add(number)
            for t in self.open(marking):
                self.now = (number, t)
                self.step(number, t, marking, values)
            number += 1

    def open(self, marking: int) -> list[Transition]:
        """What somebody can do, messages of the instances to each other left out."""
        found = self.doing.get(marking)
        if found is None:
            found = enabled(self.net, marking, auto=False)
            found = self.doing[marking] = [t for t in found if t.catches not in self.caught]
        return found

    def step(self, number: int, t: Transition, marking: int, values: Values) -> None:
        """Add the edges of one transition of a state."""
        for note, m, v, seq, mail in self.taken(t, marking, values):
            landed = self.settle(m, v, seq, mail) if mail else [(m, v, seq)]
            for m2, v2, all_ in landed:
                edge = Edge(t, note, all_, self.ids.get((m2, v2), len(self.graph.states)))
                self.state(m2, v2, (number, edge))
                self.graph.edges[number].append(edge)
                self.steps += 1

    def taken(self, t: Transition, marking: int, values: Values) -> Iterator[Taken]:
        """Where a transition and the automatic steps behind it lead, messages not yet delivered.

        That concerns one instance alone, so what it came to is remembered by the state of that instance.
        """
        mask, own = self.own[t.instance]
        key = (t.index, marking & mask, own(values))
        found = self.known.get(key)
        if found is None:
            found = self.known[key] = []
            for note, m, v, seq, mail in self.fire(t, marking, values, ()):
                for m2, v2, s2, post in self.quiet(m, v, seq, mail):
                    kept = v2 if post else self.forget(m2, v2)
                    sets = tuple((i, v) for i, v in enumerate(kept) if v != values[i])
                    found.append((note, m2 & mask, sets, s2, post))
        for note, m, sets, seq, post in found:
            yield note, marking & ~mask | m, _changed(values, sets), seq, post

    def state(self, marking: int, values: Values, parent: tuple[int, Edge] | None) -> int:
        """The number of a state, new or known."""
        key = (marking, values)
        if key not in self.ids:
            self.ids[key] = len(self.graph.states)
            self.graph.states.append(key)
            self.graph.edges.append([])
            self.graph.parents.append(parent)
        return self.ids[key]

    def fire(
        self, t: Transition, marking: int, values: Values, seq: tuple[int, ...]
    ) -> list[tuple[str, int, Values, tuple[int, ...], tuple[Trigger, ...]]]:
        """Marking, values, happenings and messages after each outcome."""
        found = self.outcomes.of(t, values)
        if not found and t.branches:
            self.fault("no-way-on", t.node)
        if t.kind == "uncaught":
            self.fault("error-uncaught", t.node)
        mail: tuple[Trigger, ...] = (t.throws,) if t.throws in self.caught and t.throws else ()
        after_all = []
        for outcome in found:
            m, doubled = after(t, marking, outcome.gives)
            if doubled:
                self.fault("doubled-token", self.net.places[low(doubled)].node or t.node)
                continue
            self.graph.happened.add((t.index, outcome.gives if t.branches else 0))
            if m & self.left[t.index]:
                self.fault("work-left", t.node)
            v = _changed(values, outcome.sets)
            happened = seq + self.happenings.of(t, outcome, v)
            after_all.append((outcome.note, m, v, happened, mail))
        return after_all

    def settle(
        self, marking: int, values: Values, seq: tuple[int, ...], mail: tuple[Trigger, ...]
    ) -> list[tuple[int, Values, tuple[int, ...]]]:
        """Where automatic steps and deliveries lead: states in which all wait for somebody."""
        waiting: list[Underway] = [(marking, values, seq, mail, 0)]
        found: list[tuple[int, Values, tuple[int, ...]]] = []
        while waiting:
            m, v, s, post, turns = waiting.pop()
            if turns > MOST_TURNS:
                self.fault("turns-round", self.now[1].node if self.now[1] else _first(self.net))
                break  # what else there is goes round too
            self.bounded(len(waiting) + len(found))
            for m2, v2, s2, left in self.quiet(m, v, s, post):
                if left:
                    waiting += self.deliver(m2, v2, s2, left, turns)
                else:
                    found.append((m2, self.forget(m2, v2), s2))
        return found

    def quiet(
        self, marking: int, values: Values, seq: tuple[int, ...], mail: tuple[Any, ...]
    ) -> list[tuple[int, Values, tuple[int, ...], tuple[Any, ...]]]:
        """Where automatic steps lead, with the messages and receivers that are still to come."""
        waiting: list[Underway] = [(marking, values, seq, mail, 0)]
        found: list[tuple[int, Values, tuple[int, ...], tuple[Any, ...]]] = []
        fork = Fork()
        while waiting:
            m, v, s, post, turns = waiting.pop()
            ready = self.ready.get(m)
            if ready is None:
                ready = self.ready[m] = enabled(self.net, m, auto=True)
            if not ready:
                found.append((m, v, s, post))
            elif turns > MOST_TURNS:
                self.fault("turns-round", ready[0].node)
                break
            else:
                ways = self.fire(ready[0], m, v, s)
                for _, m2, v2, s2, more in ways:
                    here = (m2, v2, s2, post + more)
                    if (len(ways) > 1 or fork.known) and not fork.new((m, v), here):
                        continue
                    waiting.append((*here, turns + 1))
                self.bounded(len(fork.known))
        if fork.met and (circle := fork.circle()) is not None:
            self.fault("turns-round", self.ready[circle][0].node)
        return found

    def bounded(self, ways: int) -> None:
        """Refuse what turns out in too many ways at once. Raises TooLarge."""
        if ways > MOST_AT_ONCE:
            about = (self.now[1].node if self.now[1] else _first(self.net)).label
            raise TooLarge(
                f"「{about}」之后不用人办理就有 {MOST_AT_ONCE} 种以上的走法，请减少自动的分支。"
            )

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

    def fault(self, rule: str, node: Node) -> None:
        """Remember the first time that a rule is broken at a node."""
        self.graph.faults.setdefault((rule, id(node)), Fault(rule, node, *self.now))


def _first(net: Net) -> Node:
    return next(iter(net.nodes.values()))


def _own(net: Net, outcomes: Outcomes, instance: int) -> tuple[int, Callable[[Values], Any]]:
    """The places of an instance, and a function that gives the values that it can read."""
    mask = sum(1 << i for i, place in enumerate(net.places) if place.instance == instance)
    slots = sorted({slot for (root, _), slot in outcomes.slots.items() if root == instance})
    return mask, itemgetter(*slots) if slots else lambda _: ()


def _left_behind(t: Transition) -> int:
    """The places in which an end of the main way must not leave a token."""
    on_main = t.kind == "end" and t.empties is None and t.node.id in t.frame.main
    return t.frame.work & ~t.frame.side if on_main else 0


def _changed(values: Values, sets: tuple[tuple[int, Any], ...]) -> Values:
    if not sets:
        return values
    changed = list(values)
    for slot, value in sets:
        changed[slot] = value
    return tuple(changed)
