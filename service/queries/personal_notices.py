"""Notices to one person: that he stands in for another, or that another stands in for him by order.

The log has the act; the row of the stand-in says all that the notice does, so it is not written twice.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, or_, select

from service.definitions import newest_definition
from service.model.actor import Actor
from service.queries.notice_row import NoticeRow
from service.regulation.dates import local_date
from service.store import tables as t

_S = t.stand_in.c


def personal_notices(
    connection: Connection, actor: Actor, *, since: datetime | None = None, limit: int | None = None
) -> list[NoticeRow]:
    """The newest notices to the actor himself, those from `since` on."""
    query = select(t.stand_in, _read(actor).label("read")).where(_for(actor))
    if since is not None:
        query = query.where(_S.set_at >= since)
    query = query.order_by(_S.set_at.desc(), _S.stand_in_key).limit(limit)
    rows = connection.execute(query).all()
    people = {key for row in rows for key in (row.principal, row.agent)}
    account = t.account.c
    names = select(account.account_key, account.name).where(account.account_key.in_(people))
    named = {row.account_key: row.name for row in connection.execute(names)}
    return [_row(connection, actor, row, named) for row in rows]


def unread_personal(actor: Actor) -> Select[tuple[str]]:
    """The keys of those that he has not read."""
    return select(_S.stand_in_key).where(_for(actor), ~_read(actor))


def _for(actor: Actor) -> ColumnElement[bool]:
    me = actor.account_key
    return or_(_S.agent == me, and_(_S.principal == me, _S.set_by != me))


def _read(actor: Actor) -> ColumnElement[bool]:
    known = t.notice_read.c
    return exists().where(
        known.notice_key == _S.stand_in_key, known.account_key == actor.account_key
    )


def _row(connection: Connection, actor: Actor, row: Any, names: dict[str, str]) -> NoticeRow:
    first, last = local_date(row.begins_at), local_date(row.ends_at - timedelta(seconds=1))
    principal, agent = names.get(row.principal, ""), names.get(row.agent, "")
    who = f"您代理{principal}" if row.agent == actor.account_key else f"{agent}代理您"
    known = newest_definition(connection).processes
    process = known[row.process_id].name if row.process_id in known else "全部流程"
    words = f"{who}，{first} 至 {last}。原因：{row.reason}"
    return NoticeRow(
        row.stand_in_key, row.set_at, words, "代理", process, None, "", None, None, False, False,
        bool(row.read),
    )  # fmt: skip
