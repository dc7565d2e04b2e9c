"""Remind of time limits that are near or over, each task in a transaction of its own."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Engine, select

from service.commands.remind import due_reminders, remind
from service.definitions import definition_of, in_force
from service.store import tables as t
from service.store.session import begin, reading

AHEAD = timedelta(days=60)  # no reminder looks further


def remind_due(engine: Engine, *, now: datetime) -> int:
    """Send the reminders whose time has come; returns how many. Sending twice is no harm: each goes once."""
    with reading(engine) as connection:
        rows = connection.execute(
            select(t.task, t.instance.c.digest)
            .join(t.instance, t.instance.c.instance_key == t.task.c.instance_key)
            .where(t.task.c.status == "open", t.task.c.due_at <= now + AHEAD)
            .order_by(t.task.c.due_at, t.task.c.task_key)
        ).all()
        keys = [
            row.task_key
            for row in rows
            if due_reminders(
                connection,
                in_force(connection, definition_of(connection, row.digest), now),
                row,
                now,
            )
        ]
    sent = 0
    for key in keys:
        with begin(engine) as connection:
            sent += len(remind(connection, key, now=now))
    return sent
