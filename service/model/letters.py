"""What leaves the house."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Outgoing:
    """A letter to a person (`way` mail; `target` his account's key) or to a receiver of hooks (`way` hook; its name).

    `about`, a notice's key or the day of a digest, makes sure that each is told once.
    """

    way: str
    target: str
    about: str
    address: str
    subject: str
    words: str
