"""Forget uploads that were never submitted."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, select

from service.store.named_files import named_files
from service.store.tables import attachment


def forget_uploads(connection: Connection, *, before: datetime) -> set[str]:
    """Delete the rows of uploads older than `before` that no submission and no draft names.

    Returns the digests that are still known, so that what else lies in the folder can go.
    """
    used = named_files(connection)
    rows = connection.execute(select(attachment.c.digest, attachment.c.uploaded_at)).all()
    old = {row.digest for row in rows if row.uploaded_at < before} - used
    fresh = {row.digest for row in rows if row.uploaded_at >= before}
    for digest in old:
        this = (attachment.c.digest == digest) & (attachment.c.uploaded_at < before)
        connection.execute(delete(attachment).where(this))
    return used | fresh
