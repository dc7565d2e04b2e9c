"""Who stands in for whom (代理), as it is at a moment."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, or_, select

from service.model.actor import Actor, StandIn
from service.store import tables as t
from service.store.register import actors


def stands_in(connection: Connection, actor: Actor, now: datetime) -> tuple[StandIn, ...]:
    """For whom the actor stands in now, in which process; nobody who is no longer there."""
    c = t.stand_in.c
    rows = connection.execute(
        select(t.stand_in)
        .where(c.agent == actor.account_key, c.begins_at <= now, c.ends_at > now)
        .order_by(c.begins_at, c.stand_in_key)
    ).all()
    if not rows or actor.role:
        return ()
    here = (t.account.c.account_key.in_([r.principal for r in rows])) & ~t.account.c.disabled
    people = {a.account_key: a for _, a in actors(connection, here)}
    return tuple(
        StandIn(people[r.principal], r.process_id, r.ends_at) for r in rows if r.principal in people
    )


def stand_ins(
    connection: Connection, now: datetime, *, account_key: str | None = None
) -> list[tuple[Any, str, str]]:
    """(row, name of the principal, name of the agent) of those that are or will be in force."""
    c = t.stand_in.c
    query = select(t.stand_in).where(c.ends_at > now).order_by(c.begins_at, c.stand_in_key)
    if account_key is not None:
        query = query.where(or_(c.principal == account_key, c.agent == account_key))
    names = {
        r.account_key: r.name
        for r in connection.execute(select(t.account.c.account_key, t.account.c.name))
    }
    return [(r, names[r.principal], names[r.agent]) for r in connection.execute(query)]
