"""Write down that a job failed, and when it will be tried again."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, select, update

from service.store.tables import due_timer, incident

FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=6)


def record_incident(connection: Connection, task_key: str, reason: str, *, now: datetime) -> None:
    """Each failure doubles the pause, up to six hours. A timer that is gone by now leaves no incident."""
    timer = select(due_timer.c.instance_key).where(due_timer.c.task_key == task_key)
    instance_key = connection.execute(timer).scalar_one_or_none()
    if instance_key is None:
        return
    this = incident.c.task_key == task_key
    tries = connection.execute(select(incident.c.tries).where(this)).scalar_one_or_none() or 0
    pause = min(FIRST_PAUSE * 2 ** min(tries, 20), LONGEST_PAUSE)
    row = {"at": now, "tries": tries + 1, "retry_at": now + pause, "reason": reason[:2000]}
    if tries:
        connection.execute(update(incident).where(this).values(**row))
    else:
        new = {**row, "task_key": task_key, "instance_key": instance_key}
        connection.execute(insert(incident).values(**new))
