"""撤回: take one's own completion back, before anybody has acted on what followed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from service.commands._advance import Act
from service.commands._going_back import go_back
from service.commands._idempotency import once
from service.commands._locked import lock_within
from service.engine import Past, WayBack, ways_back
from service.model.actor import Actor
from service.model.errors import Conflict, NotFound, Refused
from service.model.inputs import CompleteTask, ReturnTo
from service.recorded import past_of
from service.store import tables as t


def withdraw_task(
    connection: Connection,
    actor: Actor,
    task_key: str,
    *,
    now: datetime,
    idempotency_key: str | None = None,
) -> str:
    """Open the task that the actor has completed again; returns its new key.

    Raises NotFound for who has not completed it, Conflict when somebody has acted since or has it in hand,
    Refused when the diagram says that it stands.
    """

    def carry_out() -> dict[str, str]:
        return {"task_key": _withdraw(connection, actor, task_key, now)}

    answer = once(connection, actor, idempotency_key, {"withdraw": task_key}, now, carry_out)
    return str(answer["task_key"])


def _withdraw(connection: Connection, actor: Actor, task_key: str, now: datetime) -> str:
    this = select(t.task).where(t.task.c.task_key == task_key)
    row = connection.execute(this).first()
    if row is None or row.ended_by != actor.account_key or row.status != "completed":
        raise NotFound("没有您可以撤回的这项办理。")
    locked = lock_within(connection, row.project_key, row.instance_key)
    past = past_of(connection, row.instance_key, row.project_key)
    if not past or _ended(connection, row.instance_key):
        raise Refused("流程已经办结，不能撤回。")
    way = next((w for w in ways_back(past, row.instance_key) if w.task_key == task_key), None)
    if way is None:
        raise Refused("按流程图，这一步提交后不能撤回；如需更正，请联系下一环节退回。")
    _refuse_acted(connection, row.instance_key, past, way)
    about = {"element": row.element_id, "task": task_key, "to": task_key}
    return go_back(connection, locked, way, Act(actor, "withdraw_task", now, about))


def _refuse_acted(
    connection: Connection, instance_key: str, past: list[Past], way: WayBack
) -> None:
    """Raise Conflict when somebody has acted on what followed, or has it in hand."""
    acted = any(
        p.seq in way.undone[1:] and isinstance(p.input, CompleteTask | ReturnTo) for p in past
    )
    if acted:
        raise Conflict("下一环节已经办理，不能撤回；如需更正，请联系下一环节退回。")
    claimed = select(t.task.c.assignee_name).where(
        t.task.c.instance_key == instance_key,
        t.task.c.status == "open",
        t.task.c.assignee.is_not(None),
        t.task.c.task_key.not_in(way.open),
    )
    name = connection.execute(claimed).scalars().first()
    if name is not None:
        raise Conflict(f"下一环节{name}已签收，不能撤回；如需更正，请联系其退回。")


def _ended(connection: Connection, instance_key: str) -> bool:
    status = select(t.instance.c.status).where(t.instance.c.instance_key == instance_key)
    return bool(connection.execute(status).scalar_one() != "running")
