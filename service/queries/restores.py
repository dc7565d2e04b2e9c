"""Restored copies by which events were lost, as the log tells them."""

from __future__ import annotations

import json
from dataclasses import dataclass

from sqlalchemy import Connection, select

from service.store import tables as t

ACT = "restore_copy"


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
    query = select(t.event.c.body).where(t.event.c.act == ACT).order_by(t.event.c.seq)
    bodies = (json.loads(body) for body in connection.execute(query).scalars())
    return [
        Loss(
            body["seq"], body["at"], body["copy"]["size"], body["lost"]["events"],
            frozenset(body["lost"]["checkpoints"]), body["reason"],
        )
        for body in bodies
        if "lost" in body
    ]  # fmt: skip
