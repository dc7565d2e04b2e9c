"""Which tasks are there for me? Dense rows for the boxes 待办, 本单位, 已办."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, select

from service.definitions import definition_of
from service.engine import Definition
from service.forms import wan
from service.model.actor import Actor
from service.model.values import from_json
from service.queries.boxes import BOXES, counts, keys_of_box
from service.queries.cursor import after_row
from service.store import tables as t
from service.store.register import unit_names


@dataclass(frozen=True)
class InboxRow:
    """A line of the inbox. `amount`: 万元 as text. `paused`: time limits stand still while it is open."""

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
    limit: int = 50,
    after: str | None = None,
    search: str = "",
) -> Page:
    """A page of a box: open tasks by due date, done ones by the time they were done, newest first.

    `after` is the `after` of the page before: a place in the order, so that what others complete
    meanwhile neither hides a task nor shows one twice. Raises BadInput when it is broken.
    """
    keys = keys_of_box(
        connection, actor, box, limit=limit + 1, after=after, search=search
    ).subquery()
    query = (
        select(
            t.task,
            keys.c.at,
            t.project.c.no,
            t.project.c.name,
            t.project.c.facts,
            t.project.c.unit_id.label("owner_id"),
            t.instance.c.digest,
        )
        .join(keys, keys.c.task_key == t.task.c.task_key)
        .join(t.project, t.project.c.project_key == t.task.c.project_key, isouter=True)
        .join(t.instance, t.instance.c.instance_key == t.task.c.instance_key)
    )
    newest_first = box == "done"
    order = [c.desc() if newest_first else c.asc() for c in (keys.c.at, keys.c.task_key)]
    found = connection.execute(query.order_by(*order)).all()
    units = unit_names(connection)
    rows = [_row(connection, r, units) for r in found[:limit]]
    more = len(found) > limit
    last = found[limit - 1] if more else None
    return Page(rows, after_row(last.at, last.task_key) if last is not None else None)


def named(row: Any, definition: Definition) -> str:
    """The project of a task's row; the process where it has none."""
    if row.project_key is None:
        return definition.processes[row.process_id].name
    return str(row.name or "（未命名项目）")


def _row(connection: Connection, row: Any, units: dict[str, str]) -> InboxRow:
    definition = definition_of(connection, row.digest)
    element = definition.element(row.process_id, row.element_id)
    facts = {k: from_json(v) for k, v in json.loads(row.facts or "{}").items()}
    budget = facts.get("project_budget_yuan")
    return InboxRow(
        row.task_key,
        row.project_key,
        row.no or "",
        named(row, definition),
        element.name,
        definition.processes[row.process_id].name,
        units.get(row.owner_id, ""),
        wan(budget) if isinstance(budget, Decimal) else "—",
        row.assignee_name or "未签收",
        row.created_at,
        row.due_at,
        row.ended_at,
        row.member,
        element.stops_clocks,
    )


__all__ = ["BOXES", "InboxRow", "Page", "counts", "inbox", "named"]
