"""督办: open tasks whose time is over, longest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select, tuple_

from service.definitions import definition_of, newest_definition
from service.model.actor import Actor
from service.queries.cursor import after_row, read_cursor
from service.queries.holders import holder_name
from service.store import tables as t
from service.store.register import unit_names
from service.store.sight import visible


@dataclass(frozen=True)
class OverdueRow:
    """A task that somebody has kept too long; `member`: whose part of several it is."""

    task_key: str
    project_key: str
    project_no: str
    project_name: str
    step: str
    holder: str
    assignee: str
    due_at: datetime
    created_at: datetime


@dataclass(frozen=True)
class Overdue:
    """A page; `after` asks for the next. `count` of all, at most `MOST`."""

    rows: list[OverdueRow]
    after: str | None
    count: int


MOST = 1000


def overdue(
    connection: Connection, actor: Actor, *, now: datetime, after: str = "", limit: int = 50
) -> Overdue:
    """Overdue tasks of projects that the actor may see. Raises BadInput for a broken cursor."""
    late = (
        select(t.task, t.project.c.no, t.project.c.name, t.instance.c.digest)
        .join(t.project, t.project.c.project_key == t.task.c.project_key)
        .join(t.instance, t.instance.c.instance_key == t.task.c.instance_key)
        .where(t.task.c.status == "open", t.task.c.order_at < now, visible(actor))
    )
    counted = late.with_only_columns(t.task.c.task_key).limit(MOST).subquery()
    place = tuple_(t.task.c.order_at, t.task.c.task_key)
    if after:
        late = late.where(place > read_cursor(after))
    found = connection.execute(late.order_by(*place).limit(limit + 1)).all()
    definition, units = newest_definition(connection), unit_names(connection)
    rows = [
        OverdueRow(
            row.task_key, row.project_key, row.no, row.name or "（未命名项目）",
            definition_of(connection, row.digest).element(row.process_id, row.element_id).name,
            holder_name(definition, units, row.group_id, row.unit_id),
            row.assignee_name or "", row.due_at, row.created_at,
        )
        for row in found[:limit]
    ]  # fmt: skip
    last = found[limit - 1] if len(found) > limit else None
    return Overdue(
        rows,
        after_row(last.order_at, last.task_key) if last is not None else None,
        connection.execute(select(func.count()).select_from(counted)).scalar_one(),
    )
