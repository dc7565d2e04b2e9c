"""Forget answers that were kept so that a repeated request is carried out once."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete

from service.store.tables import idempotency

KEPT = timedelta(days=7)


def forget_answers(connection: Connection, *, now: datetime) -> int:
    """Delete those older than seven days; returns how many. The acts themselves stand in the log."""
    old = delete(idempotency).where(idempotency.c.at < now - KEPT)
    return connection.execute(old).rowcount
