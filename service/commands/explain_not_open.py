"""Why a task of a diagram is not open: what its project waits for."""

from __future__ import annotations

from sqlalchemy import Connection, select

from service.definitions import definition_of
from service.model.errors import Reason, Refused
from service.regulation.dates import SHANGHAI
from service.store import tables as t


def explain_not_open(
    connection: Connection, project_key: str, process_id: str, element_id: str
) -> Refused:
    """A refusal that names the timers the project waits for, with their clauses."""
    digest = connection.execute(
        select(t.instance.c.digest).where(t.instance.c.project_key == project_key).limit(1)
    ).scalar_one()
    definition = definition_of(connection, digest)
    wanted = definition.element(process_id, element_id)
    rows = connection.execute(
        select(t.due_timer, t.instance.c.project_key)
        .join(t.instance, t.instance.c.instance_key == t.due_timer.c.instance_key)
        .where(t.instance.c.project_key == project_key)
        .order_by(t.due_timer.c.due_at)
    )
    reasons = []
    for row in rows:
        timer = definition.element(row.process_id, row.element_id)
        when = row.due_at.astimezone(SHANGHAI)
        reasons.append(Reason(f"等待“{timer.name}”，至 {when:%Y-%m-%d}", timer.articles))
    return Refused(f"“{wanted.name}”现在不能办理：这一步还没有到。", reasons=tuple(reasons))
