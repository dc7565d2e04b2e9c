"""The token game of service.proof played with real values: a second opinion on what the engine does.

It shares no code with the engine but FEEL and the decision tables, which have conformance tests of their own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from service.model.bundle import Bundle
from service.proof.build import build
from service.proof.diagram import Node
from service.proof.effects import Effects
from service.proof.game import after, enabled, may_happen
from service.proof.net import Net, Transition, low
from service.proof.outcomes import flows_taken
from service.proof.partial import Clock, value_of
from service.proof.rulebook import read_rulebook
from service.proof.variables import constants

Where = tuple[str, str]  # process id and element id


class Exact(dict[str, Any]):
    """Names of a run in which everything is known: what nobody has set is null."""

    def get(self, name: str, default: Any = None) -> Any:
        return super().get(name)


class Nets:
    """A bundle read once for the game, with the net of each process."""

    def __init__(self, bundle: Bundle) -> None:
        self.book = read_rulebook(bundle)
        known = self.book.effects
        # the game has a county's own settings, where the proof holds for any
        self.effects = replace(known, always={**known.always, "settings": self.book.settings})
        self.made: dict[str, Net] = {}

    def of(self, process_id: str) -> Net:
        if process_id not in self.made:
            self.made[process_id] = build(self.book.diagrams, [process_id], services_wait=True)
        return self.made[process_id]


@dataclass
class Game:
    """One instance: its tokens and its values. `members` are those of multi-instance tasks still open."""

    net: Net
    effects: Effects
    marking: int
    values: dict[str, Any] = field(default_factory=dict)
    members: dict[int, list[Any]] = field(default_factory=dict)

    @classmethod
    def begin(cls, nets: Nets, process_id: str, values: Mapping[str, Any], now: datetime) -> Game:
        net = nets.of(process_id)
        game = cls(net, nets.effects, net.initial, dict(values))
        game.set_clock(now)
        game.settle()
        return game

    # --- what it waits for

    def waiting(self) -> list[Transition]:
        return enabled(self.net, self.marking, auto=False)

    def open(self, kind: str) -> Counter[Where]:
        """Open user tasks or service tasks, one for each open member."""
        found: Counter[Where] = Counter()
        for t in self.waiting():
            if t.node.kind == kind and t.kind == "do":
                found[t.node.diagram, t.node.id] += self.places_of(t)
        return found

    def places_of(self, t: Transition) -> int:
        if t.node.members is None:
            return 1
        return 1 if t.node.sequential else len(self.members[t.needs])

    def armed(self, *kinds: str) -> Counter[Where]:
        """Armed timers, or awaited messages and signals."""
        return Counter(
            (t.node.diagram, t.node.id)
            for t in self.waiting()
            if t.catches and t.catches[0] in kinds
        )

    @property
    def ended(self) -> bool:
        return not self.marking & self.net.running

    # --- what can happen to it

    def complete(self, where: Where, given: Mapping[str, Any], now: datetime) -> None:
        (t,) = [
            t for t in self.waiting() if t.kind == "do" and (t.node.diagram, t.node.id) == where
        ]
        if t.node.members is not None:
            self.members[t.needs].pop()
            if self.members[t.needs]:
                return
            given = {}
        self.happen([t], given, now)

    def fire_timer(self, where: Where, now: datetime) -> None:
        fired = [t for t in self.waiting() if t.catches and (t.node.diagram, t.node.id) == where]
        self.happen(fired, {}, now)

    def deliver(self, kind: str, name: str, now: datetime) -> None:
        self.happen([t for t in self.waiting() if t.catches == (kind, name)], {}, now)

    def happen(
        self, transitions: list[Transition], given: Mapping[str, Any], now: datetime
    ) -> None:
        self.effects = Effects(
            self.effects.decisions,
            {},
            self.effects.always,
            Clock(self.effects.clock.functions, now),
        )
        for t in transitions:
            if may_happen(t, self.marking):  # an earlier one may have interrupted it
                self.fire(t, given)
        self.settle()

    def set_clock(self, now: datetime) -> None:
        self.effects = replace(self.effects, clock=Clock(self.effects.clock.functions, now))

    def settle(self) -> None:
        for _ in range(2000):
            ready = enabled(self.net, self.marking, auto=True) or self.without_members()
            if not ready:
                return
            self.fire(ready[0], {})
        raise AssertionError("the token game turns round")

    def without_members(self) -> list[Transition]:
        """Multi-instance tasks over an empty list: nobody has to do anything (BPMN 2.0, 13.2.6)."""
        return [
            t
            for t in self.waiting()
            if t.kind == "do" and t.node.members is not None and not self.members[t.needs]
        ]

    def fire(self, t: Transition, given: Mapping[str, Any]) -> None:
        gives = t.gives
        if t.branches:
            names = Exact({**self.effects.always, **self.values})
            (gives,) = [bit for bit, _ in flows_taken(t, names, self.effects.clock)]
        self.marking, doubled = after(t, self.marking, gives)
        assert not doubled, self.net.places[low(doubled)]
        for node in t.acts:
            self.values.update(self.writes(node, dict(given)))
        if t.starts and t.node.members is not None:
            self.begin_members(t)

    def begin_members(self, t: Transition) -> None:
        names = Exact({**self.effects.always, **self.values})
        found = value_of(t.node.members or "", names, self.effects.clock)
        (busy,) = [
            o.needs
            for o in self.net.transitions
            if o.kind == "do" and o.node is t.node and o.frame is t.frame
        ]
        self.members[busy] = list(found)

    def writes(self, node: Node, given: dict[str, Any]) -> dict[str, Any]:
        names = Exact({**self.effects.always, **self.values})
        found = given
        if node.kind == "businessRuleTask":
            assert node.decision
            (found,) = self.effects.judge(node, node.decision, names) or [{}]
        if node.kind != "userTask":
            for name, text in node.family("out").items():
                now = Exact({**names, **found})
                found[name] = value_of(text, now, self.effects.clock)
        return {**found, **constants(node)}
