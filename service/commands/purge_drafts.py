"""Remove what was typed and uploaded for a project that turns out to be classified (article 7, article 12)."""

from __future__ import annotations

from sqlalchemy import Connection, delete, select

from service.commands._advance import Act
from service.commands._task import OpenTask, log_act
from service.store import tables as t
from service.store.named_files import DIGEST


def purge_drafts(connection: Connection, task: OpenTask, act: Act) -> None:
    """Delete all drafts of the project (of the instance, without one), and uploads that only they could name.

    The log says that it happened, by whom and when, and nothing of what there was. Files of the folder
    are removed by the edge after the commit (`loose_files`).
    """
    ours = select(t.task.c.task_key).where(
        t.task.c.project_key == task.locked.project_key
        if task.locked.project_key
        else t.task.c.instance_key == task.locked.instance_key
    )
    drafts = connection.execute(
        select(t.draft.c.content, t.draft.c.account_key).where(t.draft.c.task_key.in_(ours))
    ).all()
    people = {row.account_key for row in drafts} | {act.actor.account_key}
    connection.execute(delete(t.draft).where(t.draft.c.task_key.in_(ours)))
    named = {digest for row in drafts for digest in DIGEST.findall(row.content)}
    for digest in named | _loose(connection, people):
        if not _submitted(connection, digest):
            connection.execute(
                delete(t.attachment).where(
                    t.attachment.c.digest == digest, t.attachment.c.uploaded_by.in_(people)
                )
            )
    log_act(connection, task, act)


def _loose(connection: Connection, people: set[str]) -> set[str]:
    """Uploads of these people that no draft of another project names: sent, but not yet saved."""
    uploaded = connection.execute(
        select(t.attachment.c.digest).where(t.attachment.c.uploaded_by.in_(people))
    ).scalars()
    others = connection.execute(
        select(t.draft.c.content).where(t.draft.c.account_key.in_(people))
    ).scalars()
    kept = {digest for content in others for digest in DIGEST.findall(content)}
    return set(uploaded) - kept


def _submitted(connection: Connection, digest: str) -> bool:
    found = select(t.submission.c.submission_key).where(t.submission.c.content.contains(digest))
    return connection.execute(found.limit(1)).first() is not None
