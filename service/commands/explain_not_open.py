"""Why a task of a diagram is not open: what its project waits for."""

from __future__ import annotations

from sqlalchemy import Connection, select

from service.definitions import definition_of
from service.model.errors import NotFound, Reason, Refused
from service.regulation.dates import SHANGHAI
from service.store import tables as t


def explain_not_open(
    connection: Connection, project_key: str | None, process_id: str, element_id: str
) -> Refused:
    """A refusal that names the clauses of the task, and the timers the project waits for, with theirs."""
    digests = select(t.instance.c.digest).where(t.instance.c.project_key == project_key)
    newest_first = digests.order_by(t.instance.c.started_at.desc()).limit(1)
    digest = connection.execute(newest_first).scalar_one_or_none()
    if digest is None:
        return NotFound("没有这个项目。")
    definition = definition_of(connection, digest)
    wanted = definition.element(process_id, element_id)
    rows = connection.execute(
        select(t.due_timer)
        .join(t.instance, t.instance.c.instance_key == t.due_timer.c.instance_key)
        .where(t.instance.c.project_key == project_key)
        .order_by(t.due_timer.c.due_at, t.due_timer.c.task_key)
    )
    reasons = [Reason(f"“{wanted.name}”要等前面的环节办完", wanted.articles)]
    for row in rows:
        timer = definition.element(row.process_id, row.element_id)
        when = row.due_at.astimezone(SHANGHAI)
        reasons.append(Reason(f"等待“{timer.name}”，至 {when:%Y-%m-%d}", timer.articles))
    return Refused(f"“{wanted.name}”现在不能办理：这一步还没有到。", reasons=tuple(reasons))
