"""The result of one test of a monitor."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Found:
    """The event tested, and what was wrong with it; empty when it was in order."""

    seq: int
    problem: str = ""
