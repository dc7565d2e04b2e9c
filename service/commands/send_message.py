"""A message from outside reaches a project."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from service.commands._advance import Act, advance_locked
from service.commands._idempotency import once
from service.commands._locked import lock_project, read_locked
from service.model.actor import Actor
from service.model.errors import Refused
from service.model.inputs import DeliverMessage
from service.model.values import to_json
from service.store.tables import awaited_message


def send_message(
    connection: Connection,
    actor: Actor,
    project_key: str,
    name: str,
    payload: Mapping[str, Any],
    *,
    now: datetime,
    idempotency_key: str | None = None,
) -> int:
    """Deliver to every instance of the project that waits; returns how many. Raises Refused when none does."""

    def deliver() -> dict[str, int]:
        return {
            "received": _deliver(
                connection, Act(actor, "deliver_message", now), project_key, message
            )
        }

    message = DeliverMessage(name, payload)
    values = {key: to_json(value) for key, value in payload.items()}
    request = {"send": name, "project": project_key, "payload": values}
    return int(once(connection, actor, idempotency_key, request, now, deliver)["received"])


def _deliver(connection: Connection, act: Act, project_key: str, message: DeliverMessage) -> int:
    lock_project(connection, project_key)
    told: set[str] = set()
    # asked anew each time: what one instance does may end the waiting of another
    while keys := set(_waiting(connection, project_key, message.name)) - told:
        key = min(keys)
        told.add(key)
        facts = lock_project(connection, project_key)
        advance_locked(connection, read_locked(connection, key, facts), message, act)
    if not told:
        raise Refused(f"项目里没有流程在等待 {message.name}。")
    return len(told)


def _waiting(connection: Connection, project_key: str, name: str) -> Iterable[str]:
    waiting = select(awaited_message.c.instance_key).where(
        awaited_message.c.project_key == project_key, awaited_message.c.name == name
    )
    return connection.execute(waiting).scalars()
