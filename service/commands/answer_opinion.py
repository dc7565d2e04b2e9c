"""Answer what one was asked about a task (会签意见, 沟通的回答)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from service.commands._advance import Act
from service.commands._going_back import checked_reason
from service.commands._locked import lock_within
from service.commands._task import log_beside
from service.model.actor import Actor
from service.model.errors import Conflict, NotFound
from service.store import tables as t
from service.store.asked import opinion_ended

ENDED = {"answered": "已经回答", "dropped": "已经撤下", "closed": "已随任务关闭"}


def answer_opinion(
    connection: Connection, actor: Actor, key: str, *, text: str, now: datetime
) -> None:
    """Raises NotFound for who was not asked, Conflict when it is over, Refused without a text."""
    row = consultation_of(connection, key)
    if row.asked != actor.account_key:
        raise NotFound("没有请您答复的这件事。")
    locked = lock_within(connection, row.project_key, row.instance_key)
    row = consultation_of(connection, key)
    if row.status != "open":
        raise Conflict(f"这件事{ENDED[row.status]}，不用再答复。")
    said = checked_reason(text, wanted="意见")
    opinion = {"key": key, "status": "answered", "text": said, "kind": row.kind}
    act = Act(actor, "answer_opinion", now, {"task": row.task_key, "opinion": opinion})
    log_beside(connection, locked, act)
    opinion_ended(connection, act.where(locked), opinion)


def consultation_of(connection: Connection, key: str) -> Any:
    """The row. Raises NotFound."""
    this = select(t.consultation).where(t.consultation.c.consultation_key == key)
    row = connection.execute(this).first()
    if row is None:
        raise NotFound("没有请您答复的这件事。")
    return row
