"""Remember which notices a person has read."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, insert, select

from service.model.actor import Actor
from service.store import tables as t


def read_notices(
    connection: Connection, actor: Actor, notice_keys: Iterable[str], *, now: datetime
) -> None:
    """Mark notices as read by the actor; those that he has read already stay as they are."""
    known = set(
        connection.execute(
            select(t.notice_read.c.notice_key).where(
                t.notice_read.c.account_key == actor.account_key
            )
        ).scalars()
    )
    rows = [
        {"notice_key": key, "account_key": actor.account_key, "at": now}
        for key in dict.fromkeys(notice_keys)
        if key not in known
    ]
    if rows:
        connection.execute(insert(t.notice_read), rows)
