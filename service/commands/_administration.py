"""What every act of administration has: an office that may, a reason, an event with old and new."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from service.commands._advance import actor_body
from service.model.actor import SYSTEM, Actor
from service.model.errors import NotAllowed, Refused
from service.model.people import ROLES
from service.store import history


def check_office(actor: Actor, *roles: str) -> None:
    """Raise NotAllowed unless the actor holds one of the offices (the console on the server does)."""
    if actor.role not in roles and actor is not SYSTEM:
        raise NotAllowed(f"只有{'、'.join(ROLES[r] for r in roles)}可以做这件事。")


def log_administration(
    connection: Connection,
    actor: Actor,
    act: str,
    *,
    reason: str,
    now: datetime,
    body: Mapping[str, Any],
) -> int:
    """Write an act of administration into the log; returns its number. Raises Refused without a reason."""
    if not reason.strip():
        raise Refused("请写明原因。", fields={"reason": "请写明原因。"})
    full = {"actor": actor_body(actor), "reason": reason.strip()[:500], **body}
    return history.append(connection, at=now, act=act, body=full)


def changed(
    old: Mapping[str, Any] | None, new: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """(old, new) of the fields that differ; everything is new when there was nothing."""
    if old is None:
        return {}, dict(new)
    names = [name for name in new if old.get(name) != new[name]]
    return {n: old.get(n) for n in names}, {n: new[n] for n in names}
