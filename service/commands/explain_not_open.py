"""Why a task of a diagram is not open: what its project waits for."""

from __future__ import annotations

from sqlalchemy import Connection, select

from service.definitions import definition_of
from service.engine import leads_to
from service.model.errors import NotFound, Reason, Refused
from service.regulation.dates import SHANGHAI
from service.store import tables as t

_WAITS = "要等前面的环节办完"
_BECAME = {"completed": "已经办过，没有再次打开", "cancelled": "已经随流程取消"}


def explain_not_open(
    connection: Connection, project_key: str | None, process_id: str, element_id: str
) -> Refused:
    """A refusal that names the clauses of the task, and the timers on the way to it, with theirs.

    A task that has been open says what became of it.
    """
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
    was = connection.execute(
        select(t.task.c.status)
        .where(
            t.task.c.project_key == project_key,
            t.task.c.process_id == process_id,
            t.task.c.element_id == element_id,
        )
        .order_by(t.task.c.created_at.desc(), t.task.c.task_key)
        .limit(1)
    ).scalar_one_or_none()
    reasons = [Reason(f"“{wanted.name}”{_BECAME.get(str(was), _WAITS)}", wanted.articles)]
    for row in rows:
        timer = definition.element(row.process_id, row.element_id)
        if not leads_to(definition, timer, wanted):
            continue
        when = row.due_at.astimezone(SHANGHAI)
        reasons.append(Reason(f"等待“{timer.name}”，至 {when:%Y-%m-%d}", timer.articles))
    return Refused(f"“{wanted.name}”现在不能办理：没有打开的这项任务。", reasons=tuple(reasons))
