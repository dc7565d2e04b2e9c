"""How a transition can turn out under what is known of the variables, remembered once computed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from service.model.errors import TooLarge
from service.proof.diagram import Diagram, Flow, Node
from service.proof.effects import Effects, anything
from service.proof.net import Net, Transition
from service.proof.partial import UNKNOWN, Clock, names_read, value_of
from service.proof.variables import Tracking, constants, declared, is_fact

Values = tuple[Any, ...]
MOST_BRANCHES = 12  # of an inclusive gateway that may be taken or not: all sets of them are ways


@dataclass(frozen=True)
class Outcome:
    """One way: the places marked, the variables set (slot and value; by name too), the words of a choice."""

    gives: int
    sets: tuple[tuple[int, Any], ...]
    names: tuple[tuple[str, Any], ...]
    note: str


def flows_taken(t: Transition, known: Mapping[str, Any], clock: Clock) -> list[tuple[int, str]]:
    """Places that a gateway can mark, each with the branch's words; none when no way is open."""
    judged = [(bit, flow, _holds(t, flow, known, clock)) for bit, flow in t.branches]
    if t.kind == "or":
        return _some(judged, t.node.default)
    found = []
    for bit, flow, holds in judged:
        if flow.id == t.node.default:
            continue
        if holds is not False:
            found.append((bit, _words(flow)))
        if holds is True:
            return found
    return found + [(bit, _words(f)) for bit, f, _ in judged if f.id == t.node.default]


def _holds(t: Transition, flow: Flow, known: Mapping[str, Any], clock: Clock) -> Any:
    if flow.id == t.node.default:
        return False
    if flow.condition is None:
        return True
    found = value_of(flow.condition, known, clock)
    return UNKNOWN if found is UNKNOWN else found is True


def _some(judged: list[tuple[int, Flow, Any]], default: str | None) -> list[tuple[int, str]]:
    sure = [(bit, f) for bit, f, holds in judged if holds is True]
    perhaps = [(bit, f) for bit, f, holds in judged if holds is UNKNOWN]
    if len(perhaps) > MOST_BRANCHES:
        raise TooLarge(
            f"一个包容网关最多有 {MOST_BRANCHES} 条说不准的分支，现有 {len(perhaps)} 条。"
        )
    found = []
    for size in range(len(perhaps) + 1):
        for some in combinations(perhaps, size):
            taken = [*sure, *some] or [(bit, f) for bit, f, _ in judged if f.id == default]
            mask = 0
            for bit, _ in taken:
                mask |= bit
            if mask:
                found.append((mask, "、".join(_words(f) for _, f in taken)))
    return found


def _words(flow: Flow) -> str:
    return flow.name or flow.condition or ""


class Outcomes:
    """The outcomes of a net's transitions over tracked variables.

    `slots` numbers the variables: a fact of the project once, any other once for each instance.
    """

    def __init__(
        self, net: Net, effects: Effects, tracking: Tracking, diagrams: Mapping[str, Diagram]
    ) -> None:
        self.effects, self.tracking, self.diagrams = effects, tracking, diagrams
        self.slots: dict[tuple[int, str], int] = {}
        for root in range(len(net.roots)):
            for name in tracking.domains:
                if is_fact(name) and root:
                    self.slots[root, name] = self.slots[0, name]
                else:
                    self.slots[root, name] = len(set(self.slots.values()))
        self.size = len(set(self.slots.values()))
        self.reads = [self._reads(t) for t in net.transitions]
        self.cache: dict[tuple[int, Values], list[Outcome]] = {}
        self.fixed: list[list[Outcome] | None] = [None for _ in net.transitions]

    def _reads(self, t: Transition) -> tuple[tuple[str, int], ...]:
        names: set[str] = set()
        for _, flow in t.branches:
            names |= names_read(flow.condition) if flow.condition else set()
        for node in t.acts:
            names |= self.tracking.reads.get(id(node), frozenset())
        known = sorted(names & set(self.tracking.domains))
        return tuple((name, self.slots[t.instance, name]) for name in known)

    def kills(self, t: Transition) -> set[int]:
        """Slots that every outcome sets anew."""
        names: set[str] = set()
        for node in t.acts:
            names |= set(declared(node)) | set(constants(node)) | set(node.family("out"))
        return {self.slots[t.instance, n] for n in names if n in self.tracking.domains}

    def of(self, t: Transition, values: Values) -> list[Outcome]:
        """Every way the transition can turn out."""
        reads = self.reads[t.index]
        if not reads:
            always = self.fixed[t.index]
            if always is None:
                always = self.fixed[t.index] = self._compute(t, {})
            return always
        key = (t.index, tuple(values[slot] for _, slot in reads))
        found = self.cache.get(key)
        if found is None:
            known = {n: values[slot] for n, slot in reads if values[slot] is not UNKNOWN}
            found = self.cache[key] = self._compute(t, known)
        return found

    def _compute(self, t: Transition, known: dict[str, Any]) -> list[Outcome]:
        if t.branches:
            names = {**self.effects.always, **known}
            taken = flows_taken(t, names, self.effects.clock)
            return [Outcome(bit, (), (), note) for bit, note in taken]
        if t.opaque is not None:
            unknown = dict.fromkeys(anything(t.opaque, self.diagrams), UNKNOWN)
            return [self._outcome(t, unknown, t.acts[0] if t.acts else t.node)]
        ways: list[dict[str, Any]] = [{}]
        for node in t.acts:
            ways = [
                {**way, **more}
                for way in ways
                for more in self.effects.possible(node, {**known, **way}, self.tracking.domains)
            ]
        unique = {self._outcome(t, way, t.acts[0] if t.acts else t.node): None for way in ways}
        return list(unique)

    def _outcome(self, t: Transition, way: Mapping[str, Any], node: Node) -> Outcome:
        names = tuple((n, way[n]) for n in sorted(way) if n in self.tracking.domains)
        sets = tuple((self.slots[t.instance, n], v) for n, v in names)
        own = declared(node)
        said = [f"{n} = {v}" for n, v in names if own.get(n) and v is not UNKNOWN]
        return Outcome(t.gives, sets, names, "，".join(said))
