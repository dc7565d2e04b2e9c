"""Restored copies by which events were lost, as the log tells them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from service.store import tables as t

ACT = "restore_copy"
ACKNOWLEDGED = "acknowledge_restore"


@dataclass(frozen=True)
class Loss:
    """The event of a restore: how many events of signed checkpoints it gave up, and digests of their texts."""

    seq: int
    at: str
    kept: int
    events: int
    checkpoints: frozenset[str]
    reason: str

    @property
    def sentence(self) -> str:
        """For people."""
        return (
            f"事件 {self.seq}：恢复了一份较旧的备份（{self.kept} 个事件），已签发的 {self.events} 个事件被放弃。"
            f"原因：{self.reason}"
        )


def losses(connection: Connection) -> list[Loss]:
    """Every restore that gave up signed events, oldest first."""
    return [_loss(body) for body in _told(connection) if "lost" in body]


def unacknowledged(connection: Connection) -> Loss | None:
    """The newest of them, unless an audit administrator has acknowledged it since: one look at an index."""
    for body in reversed(_told(connection)):
        if body["act"] == ACKNOWLEDGED:
            return None
        if "lost" in body:
            return _loss(body)
    return None


def _told(connection: Connection) -> list[dict[str, Any]]:
    e = t.event.c
    query = select(e.body).where(e.act.in_((ACT, ACKNOWLEDGED)), e.instance_key.is_(None))
    return [json.loads(body) for body in connection.execute(query.order_by(e.seq)).scalars()]


def _loss(body: dict[str, Any]) -> Loss:
    return Loss(
        body["seq"], body["at"], body["copy"]["size"], body["lost"]["events"],
        frozenset(body["lost"]["checkpoints"]), body["reason"],
    )  # fmt: skip
