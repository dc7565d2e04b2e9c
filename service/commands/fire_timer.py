"""Fire one due timer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from service.commands._advance import Act, advance_locked, lock_instance
from service.model.actor import SYSTEM
from service.model.inputs import FireTimer
from service.store.tables import due_timer


@dataclass(frozen=True)
class Fired:
    """The timer that fired."""

    task_key: str
    due: datetime
    element_name: str


def fire_timer(connection: Connection, *, now: datetime) -> Fired | None:
    """Fire the earliest timer that is due; None when none is. Never one before its time.

    The timer's row is read again under the instance's lock, so two workers fire it once.
    """
    query = (
        select(due_timer)
        .where(due_timer.c.due_at <= now)
        .order_by(due_timer.c.due_at, due_timer.c.task_key)
        .limit(1)
    )
    while row := connection.execute(query).first():
        locked = lock_instance(connection, row.instance_key)
        again = connection.execute(
            select(due_timer.c.due_at).where(due_timer.c.task_key == row.task_key)
        ).scalar_one_or_none()
        if again is None:
            continue
        element = locked.definition.element(row.process_id, row.element_id)
        act = Act(SYSTEM, "fire_timer", now, {"element": element.id, "task": row.task_key})
        advance_locked(connection, locked, FireTimer(row.task_key, row.due_at), act)
        return Fired(row.task_key, row.due_at, element.name or element.id)
    return None
