"""A state space: states, the steps between them, what happens on the way, and what must not."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from service.proof.diagram import Node
from service.proof.net import Net, Transition
from service.proof.outcomes import Values


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
    """States, edges, how each state was first reached (`parents`), and what came up on the way. Not `whole`: of some
    states only that they can be reached is known, not what follows.
    """

    net: Net
    states: list[tuple[int, Values]] = field(default_factory=list)
    edges: list[list[Edge]] = field(default_factory=list)
    parents: list[tuple[int, Edge] | None] = field(default_factory=list)
    begins: list[tuple[int, tuple[int, ...]]] = field(default_factory=list)
    happenings: list[Happening] = field(default_factory=list)
    faults: dict[tuple[str, int], Fault] = field(default_factory=dict)
    happened: set[tuple[int, int]] = field(default_factory=set)
    finals: set[int] = field(default_factory=set)
    whole: bool = True

    @cached_property
    def moves(self) -> list[list[tuple[int, tuple[int, ...]]]]:
        """From each state the targets with what happens on the way, each pair once."""
        return [
            list(dict.fromkeys((e.target, e.happenings) for e in edges)) for edges in self.edges
        ]
