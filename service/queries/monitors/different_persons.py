"""Acts of different parts are never one person's in one project (`acts`: the parts)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from service.engine.elements import DUTIES
from service.queries.monitors.found import Found
from service.queries.monitors.past import Done, Log


def different_persons(
    log: Log, events: Iterable[Done], monitor: Mapping[str, Any]
) -> Iterator[Found]:
    """One test for each completed task with such an act; who acts for somebody counts as both."""
    part_of = {act: part for part, acts in enumerate(monitor["acts"]) for act in acts}
    names = list(DUTIES.values())
    seen: dict[tuple[str, str], dict[int, int]] = {}
    for event in events:
        if not event.is_task:
            continue
        for part in {part_of[act] for act in event.acts if act in part_of}:
            clash = ""
            for person in filter(None, (event.person, event.principal)):
                parts = seen.setdefault((event.project, person), {})
                other = next((seq for p, seq in parts.items() if p != part), None)
                if other is not None:
                    done = names[next(p for p, seq in parts.items() if seq == other)]
                    clash = f"{event.name}办理{names[part]}，但在事件 {other} 已办理{done}"
                parts.setdefault(part, event.seq)
            yield Found(event.seq, clash)
