"""An attachment, for those who may see a project in which it was submitted, and for who uploaded it."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import Connection, Row, or_, select

from service.model.actor import Actor
from service.model.errors import NotFound
from service.queries.projects import visible
from service.store import tables as t

DIGEST = re.compile(r"[0-9a-f]{64}")


def attachment_of(connection: Connection, actor: Actor, digest: str) -> Row[Any]:
    """The attachment with its `name` and `size`; one's own name for it first, else the oldest.

    Raises NotFound also for one that the actor may not see, so that nobody learns that it exists.
    """
    if not DIGEST.fullmatch(digest):
        raise NotFound("没有这个附件。")
    submitted = (
        select(t.submission.c.submission_key)
        .join(t.project, t.project.c.project_key == t.submission.c.project_key)
        .where(t.submission.c.content.contains(digest), visible(actor))
        .exists()
    )
    own = t.attachment.c.uploaded_by == actor.account_key
    row = connection.execute(
        select(t.attachment)
        .where(t.attachment.c.digest == digest, or_(own, submitted))
        .order_by(own.desc(), t.attachment.c.uploaded_at)
        .limit(1)
    ).first()
    if row is None:
        raise NotFound("没有这个附件。")
    return row
