"""Write a refused attempt into the security log."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, insert

from service.model.errors import Refused
from service.model.keys import new_key
from service.store.tables import security_log


def record_refusal(
    connection: Connection, refused: Refused, *, account_key: str | None, act: str, now: datetime
) -> None:
    """In a transaction of its own, since the refused one is rolled back."""
    connection.execute(
        insert(security_log).values(
            entry_key=new_key("x"),
            at=now,
            account_key=account_key,
            act=act[:200],
            status=refused.status,
            reason=refused.message[:2000],
        )
    )
