"""减签: an opinion that was asked for is no longer wanted, with a reason."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from service.commands._advance import Act
from service.commands._going_back import checked_reason
from service.commands._task import log_act, take_task
from service.commands.answer_opinion import ENDED, consultation_of
from service.model.actor import Actor
from service.model.errors import Conflict
from service.store.asked import opinion_ended


def drop_opinion(
    connection: Connection, actor: Actor, key: str, *, reason: str, now: datetime
) -> None:
    """By who may do the task. Raises as `take_task`, Conflict when it is over, Refused without a reason."""
    task = take_task(connection, actor, consultation_of(connection, key).task_key)
    row = consultation_of(connection, key)
    if row.status != "open":
        raise Conflict(f"{row.asked_name}的意见{ENDED[row.status]}，不用减签。")
    said = checked_reason(reason, wanted="减签理由")
    opinion = {"key": key, "status": "dropped", "text": said, "kind": row.kind}
    about = {"opinion": {**opinion, "name": row.asked_name}, "reason": said}
    act = Act(task.actor, "drop_opinion", now, about)
    log_act(connection, task, act)
    opinion_ended(connection, act.where(task.locked), opinion)
