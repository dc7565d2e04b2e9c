"""Release (退签) a task that one has claimed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from service.commands._advance import Act
from service.commands._idempotency import once
from service.commands._task import log_act, take_task
from service.model.actor import Actor
from service.model.errors import Refused
from service.store.worklist import task_released


def release_task(
    connection: Connection,
    actor: Actor,
    task_key: str,
    *,
    now: datetime,
    idempotency_key: str | None = None,
) -> None:
    """Give the task back to its group. Raises Refused when it was not claimed, else as `take_task`."""

    def release() -> dict[str, str]:
        _release(connection, actor, task_key, now)
        return {"task_key": task_key}

    once(connection, actor, idempotency_key, {"release": task_key}, now, release)


def _release(connection: Connection, actor: Actor, task_key: str, now: datetime) -> None:
    task = take_task(connection, actor, task_key)
    if task.row.assignee is None:
        raise Refused("这项任务没有签收，不用退签。")
    if task.row.entrusted_by is not None:
        raise Refused(f"这项任务是{task.row.entrusted_by_name}委托办理的，请用“交回”。")
    act = Act(actor, "release_task", now)
    log_act(connection, task, act)
    task_released(connection, act.where(task.locked), task_key)
