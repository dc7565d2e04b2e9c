"""Claim (签收) a task."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from service.commands._advance import Act
from service.commands._duties import check_duties
from service.commands._task import log_act, take_task
from service.model.actor import Actor
from service.store.worklist import task_claimed


def claim_task(connection: Connection, actor: Actor, task_key: str, *, now: datetime) -> None:
    """Make the task the actor's own; claiming twice is no harm. Raises as `take_task`, and as `check_duties`."""
    task = take_task(connection, actor, task_key)
    check_duties(connection, task.actor, task)
    if task.row.assignee == actor.account_key:
        return
    act = Act(task.actor, "claim_task", now)
    log_act(connection, task, act)
    task_claimed(connection, act.where(task.locked), task_key)
