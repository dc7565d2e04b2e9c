"""Which tasks are there for me? Dense rows for the boxes 待办, 本单位, 已办."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, select

from service.definitions import definition_of
from service.engine import Definition
from service.forms import wan
from service.model.actor import Actor
from service.queries.box_orders import Asked, asked_for, order_of
from service.queries.boxes import BOXES, counts, first_of_box
from service.queries.row_marks import row_marks
from service.regulation.facts import listed_fact
from service.store import tables as t
from service.store.among import among
from service.store.facts import facts_from
from service.store.register import unit_names

NOTHING = Asked()


@dataclass(frozen=True)
class InboxRow:
    """A line of the inbox. `amount`: 万元 as text. `paused`: time limits stand still while it is open; `marks`: 退回,
    催办, 草稿.
    """

    task_key: str
    project_key: str | None
    project_no: str
    project_name: str
    step: str
    process: str
    unit: str
    amount: str
    holder: str
    created_at: datetime
    due_at: datetime | None
    ended_at: datetime | None
    member: str | None
    paused: bool
    marks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Page:
    """Rows, and the key to ask for those after them."""

    rows: list[InboxRow]
    after: str | None


def inbox(
    connection: Connection,
    actor: Actor,
    box: str,
    *,
    now: datetime,
    limit: int = 50,
    after: str | None = None,
    asked: Asked = NOTHING,
) -> Page:
    """A page of a box: open tasks by due date, done ones by the time they were done, newest first, unless
    `asked` wants another order.

    `after` is the `after` of the page before: a place in the order, so that what others complete
    meanwhile neither hides a task nor shows one twice. Raises BadInput when it is broken.
    """
    order = order_of(box, asked.order)
    first = first_of_box(
        connection,
        actor,
        box,
        order,
        limit=limit + 1,
        after=after,
        asked=asked_for(connection, asked, now),
    )
    shown = first[:limit]
    query = (
        select(
            t.task,
            t.project.c.no,
            t.project.c.name,
            t.project.c.facts,
            t.project.c.unit_id.label("owner_id"),
            t.instance.c.digest,
        )
        .join(t.project, t.project.c.project_key == t.task.c.project_key, isouter=True)
        .join(t.instance, t.instance.c.instance_key == t.task.c.instance_key)
        .where(among(t.task.c.task_key, [one.key for one in shown]))
    )
    units = unit_names(connection)
    tasks = connection.execute(query).all()
    marks = {} if box == "done" else row_marks(connection, actor, tasks)
    found = {r.task_key: _row(connection, r, units, marks.get(r.task_key, ())) for r in tasks}
    rows = [found[one.key] for one in shown]
    return Page(rows, shown[-1].after if len(first) > limit else None)


def named(row: Any, definition: Definition) -> str:
    """The project of a task's row; the process where it has none."""
    if row.project_key is None:
        return definition.processes[row.process_id].name
    return str(row.name or "（未命名项目）")


def _row(
    connection: Connection, row: Any, units: dict[str, str], marks: tuple[str, ...]
) -> InboxRow:
    definition = definition_of(connection, row.digest)
    element = definition.element(row.process_id, row.element_id)
    amount = facts_from(row.facts or "{}").get(listed_fact(definition.facts))
    return InboxRow(
        row.task_key,
        row.project_key,
        row.no or "",
        named(row, definition),
        element.name,
        definition.processes[row.process_id].name,
        units.get(row.owner_id, ""),
        wan(amount) if isinstance(amount, Decimal) else "—",
        row.assignee_name or "未签收",
        row.created_at,
        row.due_at,
        row.ended_at,
        row.member,
        element.stops_clocks,
        marks,
    )


__all__ = ["BOXES", "InboxRow", "Page", "counts", "inbox", "named"]
