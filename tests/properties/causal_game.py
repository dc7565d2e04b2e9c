"""The token game with memory: which firing each token comes from, so that one can be taken back with all
that followed from it. Causality is read off the tokens alone; nothing is played again, as the engine does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from exact_game import Game, Nets, Where

from service.proof.net import Transition, bits


@dataclass
class Firing:
    """A step of the game: in which turn, what it took and made, after which firings, what it wrote."""

    turn: int
    took: int
    made: int
    after: set[int]
    wrote: dict[str, Any] = field(default_factory=dict)
    member_of: int = 0  # not a firing of the net but one member's completion at this place
    begins: tuple[int, list[Any]] | None = None


class CausalGame(Game):
    """`turn` numbers the inputs; `undo(turn)` takes the task completed in that turn back."""

    @classmethod
    def start(
        cls, nets: Nets, process_id: str, values: Mapping[str, Any], now: datetime
    ) -> CausalGame:
        net = nets.of(process_id)
        game = cls(net, nets.effects, net.initial, dict(values))
        game.turn, game.firings, game.base = 0, {}, (net.initial, dict(values))
        game.owner: dict[int, int] = {}
        game.set_clock(now)
        game.settle()
        return game

    def fire(self, t: Transition, given: Mapping[str, Any]) -> None:
        before, self.noted = self.marking, {}
        super().fire(t, given)
        took = before & (t.needs | t.clears | t.any_of)
        made = self.marking & ~(before & ~took)
        waited = t.unless
        for _, up in t.ups:
            waited |= up
        causes = {self.owner[i] for i in bits(took) if i in self.owner}
        causes |= {n for n, f in self.firings.items() if f.took & waited}
        causes |= {n for n, f in self.firings.items() if f.member_of & took}
        begins = None
        if t.starts and t.node.members is not None:
            begins = next((b, list(m)) for b, m in self.members.items() if b & made)
        self.keep(Firing(self.turn, took, made, causes, self.noted, begins=begins))

    def keep(self, firing: Firing) -> None:
        number = len(self.firings) and max(self.firings) + 1
        self.firings[number] = firing
        for i in bits(firing.made):
            self.owner[i] = number

    def writes(self, node: Any, given: dict[str, Any]) -> dict[str, Any]:
        found = super().writes(node, given)
        self.noted.update(found)
        return found

    def complete(self, where: Where, given: Mapping[str, Any], now: datetime) -> None:
        (t,) = [
            t for t in self.waiting() if t.kind == "do" and (t.node.diagram, t.node.id) == where
        ]
        if t.node.members is not None:
            causes = {self.owner[i] for i in bits(t.needs)}
            if t.node.sequential:
                causes |= {n for n, f in self.firings.items() if f.member_of == t.needs}
            self.keep(Firing(self.turn, 0, 0, causes, member_of=t.needs))
        super().complete(where, given, now)

    def undo(self, turn: int) -> None:
        gone = {min(n for n, f in self.firings.items() if f.turn == turn)}
        for number, firing in self.firings.items():
            if firing.after & gone:
                gone.add(number)
        kept = {n: f for n, f in self.firings.items() if n not in gone}
        self.marking, values = self.base[0], dict(self.base[1])
        self.firings, self.owner, self.members = kept, {}, {}
        for number, f in kept.items():
            assert f.took & self.marking == f.took
            self.marking = self.marking & ~f.took | f.made
            self.owner.update(dict.fromkeys(bits(f.made), number))
            values.update(f.wrote)
            if f.begins:
                self.members[f.begins[0]] = list(f.begins[1])
            if f.member_of:
                self.members[f.member_of].pop()
        self.values = {**dict.fromkeys(self.values), **values}
