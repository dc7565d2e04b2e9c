"""Checking a statement over a finished state space, with a shortest way to break it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from service.proof.graph import Edge, Graph, Happening
from service.proof.net import bits
from service.proof.partial import UNKNOWN, Clock, value_of
from service.proof.statement import Act, Statement, Term

Memory = int  # bit i: the i-th event of `first` has been; for "at most" the number counted


@dataclass(frozen=True)
class Hit:
    """What a happening means to a statement."""

    remembers: int
    bad: bool
    resets: bool
    guarded: bool


@dataclass(frozen=True)
class Monitor:
    """A statement over the happenings of one graph."""

    statement: Statement
    hits: Mapping[int, Hit]
    wanted: tuple[int, ...]

    @property
    def vacuous(self) -> bool:
        """Whether what the statement is about cannot happen at all, or never under its guard.

        `if G: never B` is proved by just that, so there only B itself must be possible.
        """
        hits, form = self.hits.values(), self.statement.form
        if form == "always":
            return not any(hit.remembers and hit.guarded for hit in hits)
        return not any(hit.bad and (hit.guarded or form == "absent") for hit in hits)

    def step(self, memory: Memory, happenings: Sequence[int]) -> Memory | None:
        """The memory after them; None when the statement is broken.

        At one event `bad` is tested first, then a reset wipes, then it is remembered.
        """
        for number in happenings:
            hit = self.hits.get(number)
            if hit is not None:
                found = self._one(memory, hit)
                if found is None:
                    return None
                memory = found
        return memory

    def _one(self, memory: Memory, hit: Hit) -> Memory | None:
        form = self.statement.form
        if form == "most":
            memory = (0 if hit.resets else memory) + (1 if hit.bad and hit.guarded else 0)
            return None if memory > self.statement.most else memory
        met = any(memory & mask == mask for mask in self.wanted)
        if form == "always":
            memory = 0 if hit.bad else memory
            if hit.resets and any(memory & mask == mask for mask in self.wanted):
                return None
            return memory | (hit.remembers if hit.guarded else 0)
        if hit.bad and hit.guarded and (form == "absent" or met == (form == "never")):
            return None
        return (0 if hit.resets else memory) | hit.remembers


def monitor(graph: Graph, statement: Statement, acts: Mapping[str, Act], clock: Clock) -> Monitor:
    """What each happening of a graph means to a statement."""
    flat = [t for alternative in statement.first for t in alternative]
    wanted, shift = [], 0
    for alternative in statement.first:
        wanted.append(((1 << len(alternative)) - 1) << shift)
        shift += len(alternative)
    hits = {}
    for number, one in enumerate(graph.happenings):
        remembers = sum(1 << i for i, t in enumerate(flat) if _fits(t, one, acts))
        bad = any(_fits(t, one, acts) for t in statement.bad)
        resets = any(_fits(t, one, acts) for t in statement.reset)
        if remembers or bad or resets:
            hits[number] = Hit(remembers, bad, resets, _guarded(statement.guard, one, clock))
    return Monitor(statement, hits, tuple(wanted))


def _fits(term: Term, one: Happening, acts: Mapping[str, Act]) -> bool:
    return term.fits(one.kind, one.node, one.sets, acts.get(term.subject))


def _guarded(guard: str | None, one: Happening, clock: Clock) -> bool:
    """Whether the guard may hold; what is unknown counts as holding."""
    if guard is None:
        return True
    known = {name: value for name, value in one.sees if value is not UNKNOWN}
    found = value_of(guard, known, clock)
    return found is True or found is UNKNOWN


def broken(graph: Graph, watch: Monitor) -> list[Edge] | None:
    """A shortest way to break a statement; None when it holds in every run."""
    if not watch.hits:
        return None
    came: dict[tuple[int, Memory], tuple[tuple[int, Memory], Edge] | None] = {}
    waiting: deque[tuple[int, Memory]] = deque()
    for state, happenings in graph.begins:
        memory = watch.step(0, happenings)
        if memory is None:
            return []
        came[state, memory] = None
        waiting.append((state, memory))
    while waiting:
        here = waiting.popleft()
        for edge in graph.edges[here[0]]:
            memory = watch.step(here[1], edge.happenings)
            if memory is None:
                return [*_way(came, here), edge]
            if (edge.target, memory) not in came:
                came[edge.target, memory] = (here, edge)
                waiting.append((edge.target, memory))
    return None


def suspects(graph: Graph, watches: Sequence[Monitor]) -> set[int]:
    """The numbers of the statements that some run breaks.

    All are watched at once: a set of bits per state says which memories of which statements can be there.
    """
    crowd = _Crowd(watches)
    there: dict[int, int] = {}
    waiting: deque[int] = deque()
    first = crowd.bits((number, 0) for number in range(len(watches)))
    for state, happenings in graph.begins:
        there[state] = there.get(state, 0) | crowd.after(first, happenings)
        waiting.append(state)
    queued = set(waiting)
    while waiting:
        state = waiting.popleft()
        queued.discard(state)
        for target, happenings in graph.moves[state]:
            found = crowd.after(there[state], happenings) if happenings else there[state]
            known = there.get(target, 0)
            if found & ~known or target not in there:
                there[target] = known | found
                if target not in queued:
                    queued.add(target)
                    waiting.append(target)
    return crowd.broken


class _Crowd:
    """Memories of many statements as bits of one number."""

    def __init__(self, watches: Sequence[Monitor]) -> None:
        self.watches = watches
        self.broken: set[int] = set()
        self.numbers: dict[tuple[int, Memory], int] = {}
        self.members: list[tuple[int, Memory]] = []
        self.steps: dict[tuple[int, tuple[int, ...]], int] = {}

    def bits(self, members: Iterable[tuple[int, Memory]]) -> int:
        """The set of these (number of a statement, memory)."""
        found = 0
        for member in members:
            number = self.numbers.setdefault(member, len(self.members))
            if number == len(self.members):
                self.members.append(member)
            found |= 1 << number
        return found

    def after(self, crowd: int, happenings: tuple[int, ...]) -> int:
        """The memories after what happens; statements that it breaks are noted and watched no longer."""
        key = (crowd, happenings)
        found = self.steps.get(key)
        if found is None:
            found = self.steps[key] = self.bits(self._after(crowd, happenings))
        return found

    def _after(self, crowd: int, happenings: tuple[int, ...]) -> Iterator[tuple[int, Memory]]:
        for bit in bits(crowd):
            number, memory = self.members[bit]
            after = self.watches[number].step(memory, happenings)
            if after is None:
                self.broken.add(number)
            else:
                yield number, after


def _way(
    came: Mapping[tuple[int, Memory], tuple[tuple[int, Memory], Edge] | None],
    here: tuple[int, Memory],
) -> list[Edge]:
    edges = []
    before = came[here]
    while before is not None:
        here, edge = before
        edges.append(edge)
        before = came[here]
    return edges[::-1]
