"""How much of a state space is looked at."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limit:
    """States from which steps are taken, and steps in all."""

    states: int
    steps: int


WHOLE = Limit(1 << 18, 1 << 19)  # twice the largest of the shipped spaces; half a gigabyte
NEAR = Limit(20_000, 60_000)  # of a space that is unsound: its states may be without number
