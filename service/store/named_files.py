"""Which attachments submissions and drafts name."""

from __future__ import annotations

import re

from sqlalchemy import Connection, select

from service.store.tables import draft, submission

DIGEST = re.compile(r'"digest": ?"([0-9a-f]{64})"')


def named_files(connection: Connection) -> set[str]:
    """Digests of the attachments that a submission or a draft names."""
    used: set[str] = set()
    for column in (submission.c.content, draft.c.content):
        naming = select(column).where(column.contains('"digest"'))
        for content in connection.execute(naming).scalars():
            used.update(DIGEST.findall(content))
    return used
