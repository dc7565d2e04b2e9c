"""转办: give a task to another person who may do it, for good, with a reason."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from service.commands._handing import Handing, hand_over
from service.commands._idempotency import once
from service.commands._task import take_task
from service.model.actor import Actor

FOR_GOOD = Handing("transfer_task", "转办理由", entrusted=False)


def transfer_task(
    connection: Connection,
    actor: Actor,
    task_key: str,
    to: str,
    *,
    reason: str,
    now: datetime,
    idempotency_key: str | None = None,
) -> None:
    """The task is the other's own. Raises as `take_task` and `hand_over`."""

    def carry_out() -> dict[str, str]:
        task = take_task(connection, actor, task_key)
        hand_over(connection, task, to, reason, FOR_GOOD, now=now)
        return {"task_key": task_key}

    request = {"transfer": task_key, "to": to, "reason": reason}
    once(connection, actor, idempotency_key, request, now, carry_out)
