"""委托办理: somebody else prepares the task and hands it back; who has entrusted it submits it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from service.commands._advance import Act
from service.commands._going_back import checked_reason
from service.commands._idempotency import once
from service.commands._person import person_body, person_named
from service.commands._task import log_act, take_task
from service.commands.transfer_task import check_receiver
from service.model.actor import Actor
from service.model.errors import Refused
from service.store.worklist import task_handed


def entrust_task(
    connection: Connection,
    actor: Actor,
    task_key: str,
    to: str,
    *,
    reason: str,
    now: datetime,
    idempotency_key: str | None = None,
) -> None:
    """The other has the task in hand until he gives it back. Raises as `transfer_task`, and Refused when it
    is entrusted already.
    """

    def carry_out() -> dict[str, str]:
        _entrust(connection, actor, task_key, to, reason, now)
        return {"task_key": task_key}

    request = {"entrust": task_key, "to": to, "reason": reason}
    once(connection, actor, idempotency_key, request, now, carry_out)


def _entrust(
    connection: Connection, actor: Actor, task_key: str, to: str, reason: str, now: datetime
) -> None:
    task = take_task(connection, actor, task_key)
    if task.row.entrusted_by is not None:
        raise Refused("这项任务已经委托办理，请先交回。")
    person = person_named(connection, actor, to)
    check_receiver(connection, task, person)
    said = {**person_body(person), "entrusted": True}
    about = {"to": said, "reason": checked_reason(reason, wanted="委托事项")}
    act = Act(task.actor, "entrust_task", now, about)
    log_act(connection, task, act)
    task_handed(connection, act.where(task.locked), task_key, said)
