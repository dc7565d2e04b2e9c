"""Which tasks are there for me? Dense rows for the boxes 待办, 本单位, 已办."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from service.definitions import definition_of, newest_definition
from service.forms import wan
from service.model.actor import Actor
from service.model.values import from_json
from service.store import tables as t
from service.store.register import unit_names

BOXES = ("todo", "unit", "done")
FAR = datetime(9999, 1, 1, tzinfo=UTC)
CAP = 100


@dataclass(frozen=True)
class InboxRow:
    """A line of the inbox. `amount`: 万元 as text."""

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


@dataclass(frozen=True)
class Page:
    """Rows, and the key to ask for those after them."""

    rows: list[InboxRow]
    after: str | None


def for_me(connection: Connection, actor: Actor) -> ColumnElement[bool]:
    """Open tasks of the actor's groups: of the county's by group, of a project's by group and unit."""
    definition = newest_definition(connection)
    groups = definition.groups.groups if definition else {}
    bound = [g for g in actor.groups if g in groups and groups[g].unit_id is None]
    county = [g for g in actor.groups if g not in bound]
    return and_(
        t.task.c.status == "open",
        or_(t.task.c.person.is_(None), t.task.c.person == actor.login),
        or_(
            and_(t.task.c.group_id.in_(county), t.task.c.unit_id.is_(None)),
            and_(t.task.c.group_id.in_(bound), t.task.c.unit_id == actor.unit_id),
        ),
    )


def _where(connection: Connection, actor: Actor, box: str) -> ColumnElement[bool]:
    if box == "done":
        return and_(t.task.c.ended_by == actor.account_key, t.task.c.status == "completed")
    mine = or_(t.task.c.assignee.is_(None), t.task.c.assignee == actor.account_key)
    every = for_me(connection, actor)
    return and_(every, mine) if box == "todo" else every


def counts(connection: Connection, actor: Actor) -> dict[str, int]:
    """How many there are in each box, at most `CAP` (shown as 99+)."""
    return {
        box: connection.execute(
            select(func.count()).select_from(
                select(t.task.c.task_key)
                .where(_where(connection, actor, box))
                .limit(CAP)
                .subquery()
            )
        ).scalar_one()
        for box in BOXES
    }


def inbox(
    connection: Connection,
    actor: Actor,
    box: str,
    *,
    limit: int = 50,
    after: str | None = None,
    search: str = "",
) -> Page:
    """A page of a box: open tasks by due date, done ones by the time they were done, newest first."""
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
    )
    query = query.where(_where(connection, actor, box))
    if search:
        like = f"%{search[:60]}%"
        query = query.where(or_(t.project.c.name.like(like), t.project.c.no.like(like)))
    order = func.coalesce(t.task.c.due_at, FAR)
    if box == "done":
        query = query.order_by(t.task.c.ended_at.desc(), t.task.c.task_key)
    else:
        query = query.order_by(order, t.task.c.created_at, t.task.c.task_key)
    start = int(after) if after and after.isdigit() else 0
    found = connection.execute(query.limit(limit + 1).offset(start)).all()
    units = unit_names(connection)
    rows = [_row(connection, r, units) for r in found[:limit]]
    return Page(rows, str(start + limit) if len(found) > limit else None)


def _row(connection: Connection, row: Any, units: dict[str, str]) -> InboxRow:
    definition = definition_of(connection, row.digest)
    element = definition.element(row.process_id, row.element_id)
    facts = {k: from_json(v) for k, v in json.loads(row.facts or "{}").items()}
    budget = facts.get("project_budget_yuan")
    return InboxRow(
        row.task_key,
        row.project_key,
        row.no or "",
        row.name or "（未命名项目）",
        element.name,
        definition.processes[row.process_id].name,
        units.get(row.owner_id, ""),
        wan(budget) if isinstance(budget, Decimal) else "—",
        row.assignee_name or "未签收",
        row.created_at,
        row.due_at,
        row.ended_at,
        row.member,
    )
