"""What steps of the token game mean to statements: happenings, each with a number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from service.proof.diagram import Node
from service.proof.graph import Happening
from service.proof.net import Net, Transition
from service.proof.outcomes import Outcome, Outcomes, Values


class Happenings:
    """The happenings of a state space, each once: its number is its place in `found`.

    `guards`: for a node (by id()), the variables that statements look at when it starts or completes.
    """

    def __init__(self, net: Net, outcomes: Outcomes, guards: Mapping[int, frozenset[str]]) -> None:
        self.slots, self.guards = outcomes.slots, guards
        self.found: list[Happening] = []
        self.numbers: dict[Happening, int] = {}
        self.meanings = [self._meaning(t) for t in net.transitions]
        self.meant: dict[tuple[Any, ...], tuple[int, ...]] = {}

    def of(self, t: Transition, outcome: Outcome, values: Values) -> tuple[int, ...]:
        """The numbers of what happens with an outcome, which has led to `values`."""
        meaning = self.meanings[t.index]
        if not meaning:
            return ()
        seen = tuple(values[slot] for _, _, looked in meaning for _, slot in looked)
        key = (t.index, outcome.names, seen)
        if key not in self.meant:
            self.meant[key] = tuple(
                self._number(
                    Happening(
                        kind,
                        node,
                        t.instance,
                        outcome.names if kind == "done" else (),
                        tuple((name, values[slot]) for name, slot in looked),
                    )
                )
                for kind, node, looked in meaning
            )
        return self.meant[key]

    def _meaning(self, t: Transition) -> tuple[tuple[str, Node, tuple[tuple[str, int], ...]], ...]:
        """In order: kind, node, names and slots of what guards look at."""
        made = [("start", t.node)] if t.starts and t.node.act else []
        made += [("done", node) for node in t.acts if node.act]
        made += [("end", t.node)] if t.kind in ("finish", "uncaught") else []
        return tuple(
            (
                kind,
                node,
                tuple(
                    (name, self.slots[t.instance, name])
                    for name in sorted(self.guards.get(id(node), ()))
                    if (t.instance, name) in self.slots
                ),
            )
            for kind, node in made
        )

    def _number(self, made: Happening) -> int:
        number = self.numbers.setdefault(made, len(self.found))
        if number == len(self.found):
            self.found.append(made)
        return number
