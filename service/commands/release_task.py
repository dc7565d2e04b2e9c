"""Release (退签) a task that one has claimed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, update

from service.commands._task import take_task
from service.model.actor import Actor
from service.model.errors import Refused
from service.store import history
from service.store import tables as t


def release_task(connection: Connection, actor: Actor, task_key: str, *, now: datetime) -> None:
    """Give the task back to its group. Raises Refused when it was not claimed."""
    task = take_task(connection, actor, task_key)
    if task.row.assignee is None:
        raise Refused("这项任务没有签收，不用退签。")
    connection.execute(
        update(t.task)
        .where(t.task.c.task_key == task_key)
        .values(assignee=None, assignee_name=None, claimed_at=None)
    )
    history.append(
        connection,
        at=now,
        act="release_task",
        project_key=task.locked.project_key,
        body={"actor": actor.account_key, "task": task_key, "of": task.locked.instance_key},
    )
