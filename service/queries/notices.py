"""Notices for one's groups: reminders of time limits and messages that the diagrams address."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, func, literal, or_, select

from service.definitions import definition_of, newest_definition
from service.model.actor import Actor
from service.model.values import from_json
from service.queries.notice_row import NoticeRow
from service.queries.personal_notices import personal_notices, unread_personal
from service.store import tables as t

CAP = 100


def notices(connection: Connection, actor: Actor, *, limit: int = CAP) -> list[NoticeRow]:
    """The newest notices for the actor's groups, and to himself."""
    query = (
        _with_names(_read(actor).label("read"))
        .where(_for(connection, actor))
        .order_by(t.notice.c.at.desc(), t.notice.c.notice_key)
        .limit(limit)
    )
    rows = connection.execute(query).all()
    found = [_row(connection, row, mine=_is_his(actor, row)) for row in rows]
    found += personal_notices(connection, actor, limit=limit)
    return sorted(found, key=lambda n: n.at, reverse=True)[:limit]


def notices_since(
    connection: Connection, moment: datetime, *, actor: Actor | None = None
) -> list[NoticeRow]:
    """Notices from a moment on, oldest first: those for the actor, or for whatever group."""
    query = _with_names(literal(False).label("read")).where(t.notice.c.at >= moment)
    if actor is not None:
        query = query.where(_for(connection, actor))
    rows = connection.execute(query.order_by(t.notice.c.at, t.notice.c.notice_key)).all()
    found = [_row(connection, row, mine=actor is not None and _is_his(actor, row)) for row in rows]
    if actor is not None:
        found += personal_notices(connection, actor, since=moment)
    return sorted(found, key=lambda n: n.at)


def told_groups(connection: Connection, notice_key: str) -> frozenset[str]:
    """The candidate groups that a notice is for."""
    query = select(t.notice_to.c.group_id).where(t.notice_to.c.notice_key == notice_key)
    return frozenset(connection.execute(query).scalars())


def _with_names(read: ColumnElement[bool]) -> Select[Any]:
    return (
        select(
            t.notice, t.instance.c.digest, t.instance.c.process_id.label("started"),
            t.project.c.name.label("project_name"),
            t.task.c.status, t.task.c.process_id, t.task.c.element_id, t.task.c.group_id,
            t.task.c.unit_id, read,
        )
        .join(t.instance, t.instance.c.instance_key == t.notice.c.instance_key)
        .join(t.project, t.project.c.project_key == t.notice.c.project_key, isouter=True)
        .join(t.task, t.task.c.task_key == t.notice.c.task_key, isouter=True)
    )  # fmt: skip


def _is_his(actor: Actor, row: Any) -> bool:
    return row.group_id in actor.groups and row.unit_id in (None, actor.unit_id)


def unread(connection: Connection, actor: Actor) -> int:
    """How many notices the person has not read, at most `CAP`."""
    query = select(t.notice.c.notice_key).where(_for(connection, actor), ~_read(actor)).limit(CAP)
    query_ = unread_personal(actor).limit(CAP)
    counted = (select(func.count()).select_from(q.subquery()) for q in (query, query_))
    return min(CAP, sum(connection.execute(count).scalar_one() for count in counted))


def unread_keys(connection: Connection, actor: Actor) -> list[str]:
    """The keys of notices that the person has not read."""
    query = select(t.notice.c.notice_key).where(_for(connection, actor), ~_read(actor))
    own = connection.execute(unread_personal(actor)).scalars()
    return [*connection.execute(query).scalars(), *own]


def _for(connection: Connection, actor: Actor) -> ColumnElement[bool]:
    """Notices of the county's groups of the actor, and of project groups that mean his unit."""
    groups = newest_definition(connection).groups.groups
    bound = [g for g in actor.groups if g in groups and groups[g].unit_id is None]
    county = [g for g in actor.groups if g not in bound]
    to = t.notice_to
    mine = or_(
        and_(to.c.group_id.in_(county), to.c.unit_id.is_(None)),
        and_(to.c.group_id.in_(bound), to.c.unit_id == actor.unit_id),
    )
    return exists().where(to.c.notice_key == t.notice.c.notice_key, mine)


def _read(actor: Actor) -> ColumnElement[bool]:
    known = t.notice_read
    return exists().where(
        known.c.notice_key == t.notice.c.notice_key, known.c.account_key == actor.account_key
    )


def _row(connection: Connection, row: Any, *, mine: bool) -> NoticeRow:
    definition = definition_of(connection, row.digest)
    payload = {name: from_json(value) for name, value in json.loads(row.payload).items()}
    element = definition.element(row.process_id, row.element_id) if row.process_id else None
    due = payload.get("due_at")
    return NoticeRow(
        row.notice_key, row.at, str(payload.get("words") or row.name),
        element.name if element else str(payload.get("step") or ""),
        definition.processes[row.process_id or row.started].name, row.project_key,
        row.project_name or "", due if isinstance(due, datetime) else None, row.task_key,
        mine, row.status == "open", bool(row.read),
    )  # fmt: skip
