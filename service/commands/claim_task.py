"""Claim (签收) a task."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, update

from service.commands._task import take_task
from service.model.actor import Actor
from service.store import history
from service.store import tables as t


def claim_task(connection: Connection, actor: Actor, task_key: str, *, now: datetime) -> None:
    """Make the task the actor's own; claiming twice is no harm. Raises as `take_task`."""
    task = take_task(connection, actor, task_key)
    if task.row.assignee == actor.account_key:
        return
    connection.execute(
        update(t.task)
        .where(t.task.c.task_key == task_key)
        .values(assignee=actor.account_key, assignee_name=actor.name, claimed_at=now)
    )
    history.append(
        connection,
        at=now,
        act="claim_task",
        project_key=task.locked.project_key,
        body={"actor": actor.account_key, "task": task_key, "of": task.locked.instance_key},
    )
