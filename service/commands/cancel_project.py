"""撤销: the applicant withdraws a project that he has begun, before anybody has reviewed it, with a reason."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from service.commands._advance import Act, advance_numbered
from service.commands._going_back import checked_reason
from service.commands._idempotency import once
from service.commands._locked import lock_project, read_locked
from service.definitions import definition_of
from service.model.actor import Actor
from service.model.errors import Conflict, NotAllowed, NotFound, Refused
from service.model.inputs import CancelInstance
from service.store import tables as t
from service.store.facts import COLUMNS
from service.store.sight import visible

WITHDRAWN = "已撤销"


def cancel_project(
    connection: Connection,
    actor: Actor,
    project_key: str,
    *,
    reason: str,
    now: datetime,
    idempotency_key: str | None = None,
) -> None:
    """End all instances of the project; its status is 已撤销.

    Raises NotFound, NotAllowed for another unit than the one that has begun it, Conflict when somebody has
    reviewed or nothing runs any more, Refused without a reason.
    """

    def carry_out() -> dict[str, str]:
        _cancel(connection, actor, project_key, reason, now)
        return {"project_key": project_key}

    request = {"cancel": project_key, "reason": reason}
    once(connection, actor, idempotency_key, request, now, carry_out)


def _cancel(
    connection: Connection, actor: Actor, project_key: str, reason: str, now: datetime
) -> None:
    facts = lock_project(connection, project_key)
    seen = select(t.project).where(t.project.c.project_key == project_key, visible(actor))
    row = connection.execute(seen).first()
    if row is None:
        raise NotFound("没有这个项目。")
    if actor.unit_id != row.unit_id:
        raise NotAllowed("只有申报单位可以撤销自己的项目。")
    refuse_reviewed(connection, project_key)
    said = checked_reason(reason, wanted="撤销理由")
    running = _running(connection, project_key)
    if not running:
        raise Refused("这个项目没有在办的流程，不用撤销。")
    about: dict[str, Any] = {"reason": said}
    for key in running:
        locked = read_locked(connection, key, facts)
        last = {COLUMNS["status"]: WITHDRAWN} if key == running[-1] else {}
        act = Act(actor, "cancel_project", now, about)
        _, number = advance_numbered(connection, locked, CancelInstance(last), act)
        about = {"cause": number, **about}  # the first one is the act, the others follow from it


def _running(connection: Connection, project_key: str) -> list[str]:
    return list(
        connection.execute(
            select(t.instance.c.instance_key)
            .where(t.instance.c.project_key == project_key, t.instance.c.status == "running")
            .order_by(t.instance.c.started_at.desc(), t.instance.c.instance_key)
        ).scalars()
    )


def refuse_reviewed(connection: Connection, project_key: str) -> None:
    """Raise Conflict when a task of review or decision has been done in the project."""
    done = connection.execute(
        select(t.task, t.instance.c.digest)
        .join(t.instance, t.instance.c.instance_key == t.task.c.instance_key)
        .where(t.task.c.project_key == project_key, t.task.c.status == "completed")
        .order_by(t.task.c.ended_at)
    ).all()
    for row in done:
        element = definition_of(connection, row.digest).element(row.process_id, row.element_id)
        if element.duty in ("review", "decide"):
            raise Conflict(
                f"{row.ended_by_name}已办理“{element.name}”，不能再撤销；需要停止的，请按终止流程办理。"
            )
