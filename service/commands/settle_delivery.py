"""A letter's way: taken in hand by one worker, then sent, put off, or given up."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select, update

from service.store import tables as t

LEASE = timedelta(minutes=5)  # a worker that dies with a letter in hand holds it no longer
PAUSES = [timedelta(minutes=m) for m in (1, 5, 15, 60, 180, 360)]
PATIENCE = timedelta(days=7)


def take_delivery(connection: Connection, *, now: datetime) -> Any | None:
    """The row of the next letter that waits, now in the hands of the caller; None when there is none."""
    d = t.delivery
    query = (
        select(d)
        .where(d.c.status == "waiting", d.c.retry_at <= now)
        .order_by(d.c.retry_at, d.c.delivery_key)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    row = connection.execute(query).first()
    if row is not None:
        mine = d.c.delivery_key == row.delivery_key
        values = {"retry_at": now + LEASE, "tries": row.tries + 1}
        connection.execute(update(d).where(mine).values(**values))
    return row


def delivered(connection: Connection, delivery_key: str, *, now: datetime) -> None:
    """It was taken; its text is not needed any more."""
    _set(connection, delivery_key, status="sent", sent_at=now, words="", reason="")


def not_delivered(
    connection: Connection, row: Any, reason: str, *, again: bool, now: datetime
) -> None:
    """It was not taken: tried again later, at longer and longer intervals, for seven days."""
    if again and now - row.created_at < PATIENCE:
        pause = PAUSES[min(row.tries, len(PAUSES) - 1)]
        _set(connection, row.delivery_key, reason=reason, retry_at=now + pause)
    else:
        _set(connection, row.delivery_key, reason=reason, status="given_up")


def try_again(connection: Connection, delivery_key: str, *, now: datetime) -> None:
    """Send once more what was given up; what is on its way or sent stays as it is."""
    d = t.delivery
    given_up = (d.c.delivery_key == delivery_key) & (d.c.status == "given_up")
    values = {"status": "waiting", "retry_at": now, "created_at": now, "tries": 0}
    connection.execute(update(d).where(given_up).values(**values))


def _set(connection: Connection, delivery_key: str, **values: Any) -> None:
    d = t.delivery
    connection.execute(update(d).where(d.c.delivery_key == delivery_key).values(**values))
