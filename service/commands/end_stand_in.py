"""End a stand-in before its time."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from service.commands._advance import actor_body
from service.commands.set_stand_in import stand_in_of
from service.model.actor import Actor
from service.model.errors import Conflict
from service.store import history
from service.store.asked import stand_in_ended
from service.store.where import Where


def end_stand_in(connection: Connection, by: Actor, key: str, *, now: datetime) -> None:
    """By the person who is back, or the administrator. Raises NotFound, Conflict when it is over."""
    row = stand_in_of(connection, by, key)
    if row.ends_at <= now:
        raise Conflict("这项代理已经到期。")
    body = {"actor": actor_body(by), "stand_in": key, "reason": ""}
    history.append(connection, at=now, act="end_stand_in", body=body)
    where = Where("", None, now, by.account_key, by.signature)
    stand_in_ended(connection, where, key)
