"""What a joint review looks like: rounds of opinions of several units, and which of them count now."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

Place = tuple[str, str]  # element, member
GIVEN, OPEN, CLOSED = "given", "open", "closed"


@dataclass(frozen=True)
class Opinion:
    """What a unit says, or has still to say. `weight` 0 is the most favourable conclusion of its form, 2 the
    least, 1 what lies between; `text`: (label, words) of what was written, `lists`: (label, rows).
    `undone`: a return took it back.
    """

    task_key: str
    round: int
    unit: str
    step: str
    state: str
    since: datetime
    due_at: datetime | None
    person: str = ""
    at: datetime | None = None
    conclusion: str = ""
    weight: int = 0
    text: tuple[tuple[str, str], ...] = ()
    lists: tuple[tuple[str, tuple[str, ...]], ...] = ()
    undone: bool = False


@dataclass
class Round:
    """Opinions asked for together by place. `whole`: all were asked again, not only one unit."""

    number: int
    at: datetime
    whole: bool
    opinions: dict[Place, Opinion] = field(default_factory=dict)


@dataclass(frozen=True)
class Board:
    """All rounds of one review of an instance; `now`: the opinion of each unit that counts at present."""

    instance_key: str
    name: str
    rounds: tuple[Round, ...]
    now: tuple[Opinion, ...]

    @property
    def missing(self) -> list[Opinion]:
        """Those that have not answered yet."""
        return [o for o in self.now if o.state == OPEN]

    @property
    def conclusions(self) -> dict[str, list[str]]:
        """Conclusion → units, of those given; more than one key: they differ."""
        found: dict[str, list[str]] = {}
        for opinion in self.now:
            if opinion.state == GIVEN and not opinion.undone:
                found.setdefault(opinion.conclusion, []).append(opinion.unit)
        return found

    @property
    def places(self) -> list[Place]:
        """Every unit that was ever asked, in the order of the first time."""
        return list(dict.fromkeys(place for r in self.rounds for place in r.opinions))

    def unit_of(self, place: Place) -> str:
        """Who answered at a place, or was asked to, in the last round that asked."""
        return next(r.opinions[place].unit for r in reversed(self.rounds) if place in r.opinions)
