"""交回: an entrusted task goes back to who has entrusted it, with what was prepared."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from service.commands._advance import Act
from service.commands._idempotency import once
from service.commands._task import log_act, take_task
from service.model.actor import Actor
from service.model.errors import Refused
from service.store import tables as t
from service.store.worklist import task_handed


def hand_back_task(
    connection: Connection,
    actor: Actor,
    task_key: str,
    *,
    reason: str = "",
    now: datetime,
    idempotency_key: str | None = None,
) -> None:
    """By who has it in hand, or taken back by who has entrusted it; the draft goes along.

    Raises as `take_task`, and Refused when it is not entrusted.
    """

    def carry_out() -> dict[str, str]:
        _hand_back(connection, actor, task_key, reason.strip()[:500], now)
        return {"task_key": task_key}

    request = {"hand_back": task_key, "reason": reason}
    once(connection, actor, idempotency_key, request, now, carry_out)


def _hand_back(
    connection: Connection, actor: Actor, task_key: str, reason: str, now: datetime
) -> None:
    task = take_task(connection, actor, task_key)
    row = task.row
    if row.entrusted_by is None:
        raise Refused("这项任务没有委托办理，不用交回。")
    said = {"account_key": row.entrusted_by, "name": row.entrusted_by_name, "entrusted": False}
    act = Act(task.actor, "hand_back_task", now, {"to": said, "reason": reason})
    log_act(connection, task, act)
    task_handed(connection, act.where(task.locked), task_key, said)
    _pass_draft(connection, task_key, row.assignee, row.entrusted_by)


def _pass_draft(connection: Connection, task_key: str, prepared_by: str, to: str) -> None:
    """What was prepared takes the place of the other's own draft."""
    draft = t.draft
    mine = (draft.c.task_key == task_key) & (draft.c.account_key == prepared_by)
    if connection.execute(select(draft.c.task_key).where(mine)).first() is None:
        return
    his = (draft.c.task_key == task_key) & (draft.c.account_key == to)
    connection.execute(delete(draft).where(his))
    connection.execute(update(draft).where(mine).values(account_key=to))
