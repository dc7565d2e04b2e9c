"""Write down who uploaded which content under which name."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, insert, update

from service.model.actor import Actor
from service.store.tables import attachment


def record_upload(
    connection: Connection, actor: Actor, *, digest: str, name: str, size: int, now: datetime
) -> None:
    """One row for each person and content; uploaded again, it bears the new name and time."""
    mine = (attachment.c.digest == digest) & (attachment.c.uploaded_by == actor.account_key)
    changed = update(attachment).where(mine).values(name=name, uploaded_at=now)
    if connection.execute(changed).rowcount:
        return
    row = {"digest": digest, "uploaded_by": actor.account_key, "name": name}
    connection.execute(insert(attachment).values(**row, size=size, uploaded_at=now))
