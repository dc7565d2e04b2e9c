"""A message from outside reaches a project."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from service.commands._advance import Act, advance_locked, lock_instance, lock_project
from service.model.actor import Actor
from service.model.errors import Refused
from service.model.inputs import DeliverMessage
from service.store.tables import awaited_message


def send_message(
    connection: Connection,
    actor: Actor,
    project_key: str,
    name: str,
    payload: Mapping[str, Any],
    *,
    now: datetime,
) -> int:
    """Deliver to every instance of the project that waits; returns how many. Raises Refused when none does."""
    lock_project(connection, project_key)
    keys = (
        connection.execute(
            select(awaited_message.c.instance_key)
            .where(awaited_message.c.project_key == project_key, awaited_message.c.name == name)
            .distinct()
        )
        .scalars()
        .all()
    )
    if not keys:
        raise Refused(f"项目里没有流程在等待 {name}。")
    for key in sorted(keys):
        locked = lock_instance(connection, key)
        act = Act(actor, "deliver_message", now)
        advance_locked(connection, locked, DeliverMessage(name, payload), act)
    return len(keys)
