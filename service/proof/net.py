"""The token net of one or several process instances: places, transitions, frames.

A marking is one integer: bit i set means a token on place i. Two tokens on one place are a fault that
exploring reports ("doubled token"), so a net is either bounded by one or found out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from service.model.errors import TooLarge
from service.proof.diagram import Diagram, Flow, Node

Trigger = tuple[str, str | None]  # kind of event and its name
MOST_PLACES = 10_000  # the shipped diagrams beside each other have a tenth


@dataclass(frozen=True, eq=False)
class Place:
    """Where a token can be: on a flow, in a busy node, or as an armed event."""

    kind: str
    node: Node | None
    path: tuple[str, ...]
    instance: int


@dataclass(eq=False)
class Frame:
    """A running scope: a process instance, a called diagram, a sub-process, or a task that can be left.

    `busy` is the token of the activity itself, `armed` its non-interrupting boundary events, `inside` all
    places within, `work` those of them that keep it from ending, `side` those behind reminders only.
    """

    parent: Frame | None
    path: tuple[str, ...]
    instance: int
    busy: int = 0
    armed: int = 0
    inside: int = 0
    work: int = 0
    side: int = 0
    handlers: list[tuple[Node, int]] = field(default_factory=list)
    main: frozenset[str] = frozenset()
    starts: int = 0

    @property
    def everything(self) -> int:
        """What an interruption removes."""
        return self.busy | self.armed | self.inside


@dataclass(eq=False)
class Transition:
    """A step of the token game.

    It needs all of `needs` (or one of `any_of`) and none of `unless`. It removes `needs`, `clears`, all of
    the frames `wipes` and the inside of the frame `empties`. It marks `gives`, or the place of one of
    `branches`; kind "or" marks the places of some. `auto` steps nobody waits for; `late` ones come after
    all others. `ups`: for each flow into an inclusive join, the places that can still send a token there.
    """

    index: int
    kind: str
    node: Node
    frame: Frame
    needs: int = 0
    gives: int = 0
    any_of: int = 0
    unless: int = 0
    clears: int = 0
    wipes: tuple[Frame, ...] = ()
    empties: Frame | None = None
    branches: tuple[tuple[int, Flow], ...] = ()
    ups: tuple[tuple[int, int], ...] = ()
    auto: bool = True
    late: bool = False
    starts: bool = False
    acts: tuple[Node, ...] = ()
    leaves: Frame | None = None
    throws: Trigger | None = None
    catches: Trigger | None = None
    opaque: Diagram | None = None

    @property
    def path(self) -> tuple[str, ...]:
        """The call activities and sub-processes around the node."""
        return self.frame.path

    @property
    def instance(self) -> int:
        """Which of the composed instances it belongs to."""
        return self.frame.instance


@dataclass(eq=False)
class Root:
    """A composed instance: its diagram, the token that says it runs, its frame."""

    diagram: Diagram
    running: int
    frame: Frame


@dataclass(eq=False)
class Net:
    """Places, transitions and roots; `initial` is the marking at the beginning."""

    places: list[Place] = field(default_factory=list)
    transitions: list[Transition] = field(default_factory=list)
    roots: list[Root] = field(default_factory=list)
    initial: int = 0
    problems: list[tuple[str, Node]] = field(default_factory=list)
    nodes: dict[int, Node] = field(default_factory=dict)

    def place(self, kind: str, node: Node | None, frame: Frame, *, holds: bool = True) -> int:
        """A new place of a frame, as a bit; `holds`: its token keeps the frame from ending. Raises TooLarge."""
        if len(self.places) >= MOST_PLACES:
            raise TooLarge("流程互相调用，展开后太大，请减少重复的调用。")
        bit = 1 << len(self.places)
        self.places.append(Place(kind, node, frame.path, frame.instance))
        around: Frame | None = frame
        while around is not None:
            around.inside |= bit
            around.work |= bit if holds else 0
            around = around.parent
        return bit

    def add(self, kind: str, node: Node, frame: Frame, **more: object) -> Transition:
        """A new transition."""
        made = Transition(len(self.transitions), kind, node, frame, **more)  # type: ignore[arg-type]
        self.transitions.append(made)
        self.nodes[id(node)] = node
        return made

    @property
    def running(self) -> int:
        """The tokens that say which instances run."""
        mask = 0
        for root in self.roots:
            mask |= root.running
        return mask

    def seal(self) -> None:
        """Turn frames into masks and index transitions by the places that enable them."""
        self.enabling = {True: _Index(len(self.places)), False: _Index(len(self.places))}
        for t in self.transitions:
            for frame in t.wipes:
                t.clears |= frame.everything
            if t.empties is not None:
                t.clears |= t.empties.inside
            if t.leaves is not None:
                t.unless, t.clears = t.leaves.work, t.clears | t.leaves.everything
            self.enabling[t.auto].put(t)


class _Index:
    """Transitions by a place that enables them; `mask` are all such places."""

    def __init__(self, size: int) -> None:
        self.by_place: list[list[Transition]] = [[] for _ in range(size)]
        self.mask = 0

    def put(self, t: Transition) -> None:
        """One more transition."""
        for i in bits(t.any_of) if t.any_of else [low(t.needs)]:
            self.by_place[i].append(t)
            self.mask |= 1 << i

    def near(self, marking: int) -> Iterator[Transition]:
        """Transitions that one token of the marking may enable."""
        for i in bits(marking & self.mask):
            yield from self.by_place[i]


def bits(mask: int) -> Iterator[int]:
    """Numbers of the bits that are set, ascending."""
    while mask:
        bit = mask & -mask
        yield bit.bit_length() - 1
        mask ^= bit


def low(mask: int) -> int:
    """Number of the lowest bit that is set."""
    return (mask & -mask).bit_length() - 1
