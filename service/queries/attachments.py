"""An attachment, for those who may see a project in which it was submitted, and for who uploaded it."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import Connection, Row, or_, select

from service.model.actor import Actor
from service.model.errors import NotFound
from service.store import tables as t
from service.store.sight import visible

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


def uploads_of(connection: Connection, actor: Actor, task_key: str) -> set[str]:
    """Digests of what the actor, and whoever has a draft in the task's project, has uploaded."""
    project = select(t.task.c.project_key).where(t.task.c.task_key == task_key).scalar_subquery()
    drafted = (
        select(t.draft.c.account_key)
        .join(t.task, t.task.c.task_key == t.draft.c.task_key)
        .where(t.task.c.project_key == project)
    )
    mine = or_(
        t.attachment.c.uploaded_by == actor.account_key, t.attachment.c.uploaded_by.in_(drafted)
    )
    return set(connection.execute(select(t.attachment.c.digest).where(mine)).scalars())
