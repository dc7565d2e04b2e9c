"""Which units have a part in a project, and who has acted for them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from service.model.actor import SYSTEM
from service.queries.history import Entry


@dataclass(frozen=True)
class UnitIn:
    """A unit: its part in the project (empty where it only acts in the course of its office), and its people."""

    part: str
    unit: str
    names: tuple[str, ...]


def people_in(participants: Iterable[tuple[str, str]], history: Iterable[Entry]) -> list[UnitIn]:
    """The parts of a project (part, unit) in their order, then other units that have acted, by first act.

    `history`: its entries, the newest first.
    """
    acted: dict[str, dict[str, None]] = {}
    for entry in reversed(list(history)):
        if entry.unit != SYSTEM.unit_name:
            acted.setdefault(entry.unit, {})[entry.who] = None
    known = [UnitIn(part, unit, tuple(acted.get(unit, ()))) for part, unit in participants]
    named = {one.unit for one in known}
    return known + [
        UnitIn("", unit, tuple(names)) for unit, names in acted.items() if unit not in named
    ]
