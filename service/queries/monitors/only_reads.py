"""A unit only reads: its people complete nothing (`unit`), but in the processes that are theirs (`except`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from service.queries.monitors.found import Found
from service.queries.monitors.past import Done, Log


def only_reads(log: Log, events: Iterable[Done], monitor: Mapping[str, Any]) -> Iterator[Found]:
    """One test for each completed task."""
    own = set(monitor.get("except") or ())
    for event in events:
        if event.is_task:
            wrong = event.unit == monitor["unit"] and event.process not in own
            yield Found(event.seq, f"{event.name}办理了业务任务" if wrong else "")
