"""已阅: the receipt of a reading copy."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from service.commands._advance import Act
from service.commands._locked import lock_within
from service.commands._task import log_beside
from service.model.actor import Actor
from service.model.errors import NotFound
from service.store import tables as t
from service.store.asked import copy_read


def read_copy(connection: Connection, actor: Actor, copy_key: str, *, now: datetime) -> None:
    """Say that one has read it; a second time is no harm. Raises NotFound for who got none."""
    this = select(t.reading_copy).where(
        t.reading_copy.c.copy_key == copy_key, t.reading_copy.c.to == actor.account_key
    )
    row = connection.execute(this).first()
    if row is None:
        raise NotFound("没有抄送您的这一件。")
    if row.read_at is not None:
        return
    locked = lock_within(connection, row.project_key, row.instance_key)
    act = Act(actor, "read_copy", now, {"task": row.task_key, "copy": copy_key})
    log_beside(connection, locked, act)
    copy_read(connection, act.where(locked), copy_key)
