"""Open tasks whose time limit is over now, the oldest limit first."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from service.engine import Definition
from service.queries.cursor import after_row, read_cursor
from service.queries.holders import holder_name
from service.queries.questions.declared import Column
from service.queries.questions.table import (
    Answer,
    Filters,
    Row,
    place_name,
    places_of,
    project_names,
)
from service.queries.questions.working import Working
from service.regulation.dates import local_date, start_of_day
from service.store import tables as t
from service.store.register import unit_names

COLUMNS: tuple[Column, ...] = (
    ("期限", "date"), ("项目", "text"), ("在谁手里", "text"), ("环节", "text"), ("签收人", "text"),
    ("逾期（工作日）", "number"),
)  # fmt: skip


def _where(definition: Definition, filters: Filters, now: datetime) -> ColumnElement[bool]:
    """Filters by day mean the day of the limit."""
    k = t.task.c
    where = and_(k.status == "open", k.due_at < now)
    if filters.since:
        where &= k.due_at >= start_of_day(filters.since)
    if filters.until:
        where &= k.due_at < start_of_day(filters.until + timedelta(days=1))
    if filters.unit:
        groups = [g.id for g in definition.groups.groups.values() if g.unit_id == filters.unit]
        where &= or_(k.unit_id == filters.unit, and_(k.unit_id.is_(None), k.group_id.in_(groups)))
    places = places_of(definition, filters.article)
    if places is not None:
        where &= (k.process_id + "/" + k.element_id).in_(places)
    return where


def overdue_count(
    connection: Connection, definition: Definition, filters: Filters, now: datetime
) -> int:
    """How many there are."""
    query = select(func.count()).select_from(t.task).where(_where(definition, filters, now))
    return int(connection.execute(query).scalar_one())


def overdue(
    connection: Connection,
    definition: Definition,
    filters: Filters,
    *,
    now: datetime,
    limit: int,
    after: str = "",
) -> Answer:
    """A page of them."""
    k = t.task.c
    query = (
        select(t.task)
        .where(_where(definition, filters, now))
        .order_by(k.due_at, k.task_key)
        .limit(limit + 1)
    )
    if after:
        at, key = read_cursor(after)
        query = query.where(or_(k.due_at > at, and_(k.due_at == at, k.task_key > key)))
    rows = connection.execute(query).all()
    shown = rows[:limit]
    names = project_names(connection, (r.project_key for r in shown))
    units, working = unit_names(connection), Working(definition.calendar)
    today = local_date(now)
    found = [
        Row(
            (
                local_date(r.due_at),
                names.get(r.project_key, "（不属于项目）"),
                holder_name(definition, units, r.group_id, r.unit_id),
                place_name(definition, f"{r.process_id}/{r.element_id}"),
                r.assignee_name or "未签收",
                working.between(local_date(r.due_at), today),
            ),
            r.project_key,
            None if r.project_key else r.instance_key,
            None,
            marked=True,
        )
        for r in shown
    ]
    more = after_row(shown[-1].due_at, shown[-1].task_key) if len(rows) > limit else ""
    return Answer(COLUMNS, found, more)
