"""Put letters on their way: each once for a receiver and what it is about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import IntegrityError

from service.model.keys import new_key
from service.model.letters import Outgoing
from service.store import tables as t


def queue_deliveries(connection: Connection, letters: Iterable[Outgoing], *, now: datetime) -> int:
    """Queue what is not queued yet; returns how many were."""
    return sum(_queued(connection, letter, now) for letter in letters)


def _queued(connection: Connection, letter: Outgoing, now: datetime) -> bool:
    d = t.delivery
    same = (d.c.way == letter.way) & (d.c.target == letter.target) & (d.c.about == letter.about)
    if connection.execute(select(d.c.delivery_key).where(same)).first():
        return False
    row = {
        "delivery_key": new_key("d"),
        "status": "waiting",
        "tries": 0,
        "retry_at": now,
        "created_at": now,
        **asdict(letter),
    }
    try:
        with connection.begin_nested():
            connection.execute(insert(d).values(**row))
    except IntegrityError:  # another worker queues it at this moment
        return False
    return True
