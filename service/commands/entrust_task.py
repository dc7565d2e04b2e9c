"""委托办理: somebody else prepares the task and hands it back; who has entrusted it submits it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from service.commands._handing import Handing, hand_over
from service.commands._idempotency import once
from service.commands._task import take_task
from service.model.actor import Actor
from service.model.errors import Refused

FOR_A_WHILE = Handing("entrust_task", "委托事项", entrusted=True)


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
    """The other has the task in hand until he gives it back. Raises as `take_task` and `hand_over`, and Refused
    when it is entrusted already.
    """

    def carry_out() -> dict[str, str]:
        task = take_task(connection, actor, task_key)
        if task.row.entrusted_by is not None:
            raise Refused("这项任务已经委托办理，请先交回。")
        hand_over(connection, task, to, reason, FOR_A_WHILE, now=now)
        return {"task_key": task_key}

    request = {"entrust": task_key, "to": to, "reason": reason}
    once(connection, actor, idempotency_key, request, now, carry_out)
