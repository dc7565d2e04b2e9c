"""Fire one due timer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select

from service.commands._advance import Act, advance_locked
from service.commands._locked import lock_instance
from service.model.actor import SYSTEM
from service.model.inputs import FireTimer
from service.store.tables import due_timer, incident


@dataclass(frozen=True)
class Fired:
    """The timer that fired."""

    task_key: str
    due: datetime
    element_name: str


def fire_timer(
    connection: Connection, *, now: datetime, task_key: str | None = None
) -> Fired | None:
    """Fire the earliest timer that is due, or the one of `task_key`. Never one before its time.

    None when there is nothing to fire, also when another worker was faster: the timer's row is read
    again under the instance's lock, so two workers fire it once.
    """
    due = select(due_timer).where(due_timer.c.due_at <= now)
    if task_key is not None:
        due = due.where(due_timer.c.task_key == task_key)
    in_order = due.order_by(due_timer.c.due_at, due_timer.c.task_key).limit(1)
    row = connection.execute(in_order).first()
    if row is None:
        return None
    locked = lock_instance(connection, row.instance_key)
    again = due.where(due_timer.c.task_key == row.task_key)
    row = connection.execute(again).first()  # its date may have moved meanwhile
    if row is None:
        return None
    element = locked.definition.element(row.process_id, row.element_id)
    act = Act(SYSTEM, "fire_timer", now, {"element": element.id, "task": row.task_key})
    advance_locked(connection, locked, FireTimer(row.task_key, row.due_at), act)
    connection.execute(delete(incident).where(incident.c.task_key == row.task_key))
    return Fired(row.task_key, row.due_at, element.name or element.id)
