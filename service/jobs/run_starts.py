"""Begin every process whose date has come, each in a transaction of its own."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Engine

from service.commands.start_by_date import DueStart, due_starts, start_by_date
from service.store.session import begin, reading


def run_starts(engine: Engine, *, now: datetime) -> list[DueStart]:
    """What has begun. Raises what the diagram refuses."""
    with reading(engine) as connection:
        due = [one.process_id for one in due_starts(connection, now=now) if one.due <= now]
    begun = []
    for process_id in due:
        with begin(engine) as connection:
            one = start_by_date(connection, process_id, now=now)
        if one is not None:
            begun.append(one)
    return begun
