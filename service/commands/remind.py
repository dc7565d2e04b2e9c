"""Tell units that a task's time limit is near or over; never more than a notice."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, bindparam, select

from service.commands._locked import Locked, lock_within
from service.commands._notify import Notice, addressed, keep_notice
from service.definitions import in_force
from service.engine import Definition, evaluate
from service.regulation.dates import local_date
from service.regulation.reminders import OF_THE_TASK, Reminder
from service.store import tables as t

_TASK = select(t.task).where(t.task.c.task_key == bindparam("key"))
_TOLD = select(t.notice.c.name).where(t.notice.c.task_key == bindparam("key"))


def remind(connection: Connection, task_key: str, *, now: datetime) -> list[str]:
    """Send what is due of reminders.yaml for an open task, each reminder once; returns their names."""
    row = connection.execute(_TASK, {"key": task_key}).first()
    if row is None:
        return []
    locked = lock_within(connection, row.project_key, row.instance_key)
    row = connection.execute(_TASK, {"key": task_key}).one()
    locked.definition = in_force(connection, locked.definition, now)
    found = due_reminders(connection, locked.definition, row, now)
    for reminder in found:
        keep_notice(connection, locked, _notice(connection, locked, row, reminder), now)
    return [reminder.name for reminder in found]


def due_reminders(
    connection: Connection, definition: Definition, row: Any, now: datetime
) -> list[Reminder]:
    """The reminders whose time has come for a task (a row) and that have not been sent."""
    if row.status != "open" or row.due_at is None:
        return []
    left = definition.calendar.working_days_between(local_date(now), local_date(row.due_at))
    if left >= 0 and row.due_at < now:
        left = -1
    names = {"days_left": Decimal(left), "settings": definition.setting_values}
    watched = _watched(definition, row)
    told = set(connection.execute(_TOLD, {"key": row.task_key}).scalars())
    return [
        reminder
        for reminder in definition.reminders
        if reminder.name not in told
        and not (watched and reminder.unless_drawn)
        and evaluate(definition, reminder.when, names, now) is True
    ]


def _watched(definition: Definition, row: Any) -> bool:
    """Whether a drawn timer watches the task without ending it."""
    elements = definition.processes[row.process_id].elements.values()
    return any(
        e.attached_to == row.element_id and e.event == "timer" and not e.interrupting
        for e in elements
    )


def _notice(connection: Connection, locked: Locked, row: Any, reminder: Reminder) -> Notice:
    own = (row.group_id, row.unit_id)
    others = addressed(connection, locked, (g for g in reminder.to if g != OF_THE_TASK))
    to = ((own,) if OF_THE_TASK in reminder.to else ()) + others
    payload = {"due_at": row.due_at, "words": reminder.words}
    return Notice(reminder.name, row.element_id, payload, tuple(dict(to).items()), row.task_key)
