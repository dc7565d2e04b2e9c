"""Why a task was closed or is open once more: what the log says of the return behind it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from service.definitions import definition_of
from service.engine import Definition
from service.store import tables as t

ACTS = {
    "return_task": "退回",
    "withdraw_task": "撤回",
    "cancel_instance": "关闭",
    "cancel_project": "撤销",
}


@dataclass(frozen=True)
class Turn:
    """A return: who, from which step, and why."""

    who: str
    at: datetime
    act: str
    step: str
    reason: str


def turn_of(connection: Connection, row: Any) -> Turn | None:
    """The return that opened the task `row` again, or that closed it; None where there was none."""
    events = connection.execute(
        select(t.event.c.body, t.event.c.act, t.event.c.at)
        .where(t.event.c.instance_key == row.instance_key, t.event.c.act.in_(ACTS))
        .order_by(t.event.c.seq.desc())
    )
    for event in events:
        body = json.loads(event.body)
        if _touches(body["effects"], row.task_key, row.status):
            definition = definition_of(connection, body["bundle"])
            step = _step(connection, definition, body.get("task"))
            act, reason = ACTS[event.act], body.get("reason", "")
            return Turn(body["actor"]["name"], event.at, act, step, reason)
    return None


def _touches(effects: Any, task_key: str, status: str) -> bool:
    if status == "cancelled":
        return any(n == "UserTaskCancelled" and f["task_key"] == task_key for n, f in effects)
    return any(n == "InstanceReturned" and task_key in f["reopened"].values() for n, f in effects)


def _step(connection: Connection, definition: Definition, task_key: str | None) -> str:
    """Name of the step from which it was returned."""
    query = select(t.task.c.process_id, t.task.c.element_id)
    row = connection.execute(query.where(t.task.c.task_key == task_key)).first()
    return definition.element(row.process_id, row.element_id).name if row else ""
