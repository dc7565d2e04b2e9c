"""Drafts, their edits and proposals: write, list, read back as bundles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from service.model.bundle import Bundle, is_beside
from service.store import deployments
from service.store.tables import bundle_draft, bundle_edit, bundle_release


def draft_opened(connection: Connection, row: Mapping[str, Any]) -> None:
    """Insert a draft."""
    connection.execute(insert(bundle_draft), dict(row))


def draft_of(connection: Connection, draft_key: str) -> Row[Any] | None:
    """A draft's row, held until the transaction ends."""
    return connection.execute(
        select(bundle_draft).where(bundle_draft.c.draft_key == draft_key).with_for_update()
    ).first()


def drafts(connection: Connection, status: str = "open") -> Sequence[Row[Any]]:
    """Drafts with the number and the time of their last edit, the newest first."""
    last = (
        select(
            bundle_edit.c.draft_key,
            func.max(bundle_edit.c.number).label("edits"),
            func.max(bundle_edit.c.saved_at).label("saved_at"),
        )
        .group_by(bundle_edit.c.draft_key)
        .subquery()
    )
    return connection.execute(
        select(bundle_draft, last.c.edits, last.c.saved_at)
        .join(last, last.c.draft_key == bundle_draft.c.draft_key, isouter=True)
        .where(bundle_draft.c.status == status)
        .order_by(bundle_draft.c.created_at.desc(), bundle_draft.c.draft_key)
    ).all()


def draft_became(connection: Connection, draft_key: str, status: str) -> None:
    """Close a draft as released or discarded, or open it again."""
    own = bundle_draft.c.draft_key == draft_key
    connection.execute(update(bundle_draft).where(own).values(status=status))


def edit_saved(
    connection: Connection, draft_key: str, path: str, content: bytes | None, by: str, at: datetime
) -> int:
    """Add a version of a file; returns its number within the draft."""
    number = last_edit(connection, draft_key) + 1
    connection.execute(
        insert(bundle_edit),
        {
            "draft_key": draft_key,
            "number": number,
            "path": path,
            "content": content,
            "saved_by": by,
            "saved_at": at,
        },
    )
    return number


def last_edit(connection: Connection, draft_key: str, path: str | None = None) -> int:
    """The number of the last edit, of the draft or of one file in it; 0 before the first."""
    found = select(func.max(bundle_edit.c.number)).where(bundle_edit.c.draft_key == draft_key)
    if path is not None:
        found = found.where(bundle_edit.c.path == path)
    return connection.execute(found).scalar() or 0


def edits(connection: Connection, draft_key: str) -> Sequence[Row[Any]]:
    """All versions saved, without their contents, the newest first."""
    c = bundle_edit.c
    return connection.execute(
        select(c.number, c.path, c.saved_by, c.saved_at, (c.content.is_(None)).label("gone"))
        .where(c.draft_key == draft_key)
        .order_by(c.number.desc())
    ).all()


def editors(connection: Connection, draft_key: str) -> set[str]:
    """Keys of the accounts that have saved something."""
    own = bundle_edit.c.draft_key == draft_key
    return set(connection.execute(select(bundle_edit.c.saved_by).where(own).distinct()).scalars())


def files_of(
    connection: Connection, draft_key: str, base: str, upto: int | None = None
) -> dict[str, bytes]:
    """The files of a draft by path, stories that it brings included; up to an edit, or all."""
    files = dict(deployments.read_back(connection, base).files)
    query = select(bundle_edit).where(bundle_edit.c.draft_key == draft_key)
    if upto is not None:
        query = query.where(bundle_edit.c.number <= upto)
    for row in connection.execute(query.order_by(bundle_edit.c.number)):
        if row.content is None:
            files.pop(row.path, None)
        else:
            files[row.path] = bytes(row.content)
    return files


def bundle_of(connection: Connection, draft_key: str, base: str, upto: int | None = None) -> Bundle:
    """The same as the bundle to be deployed: without stories."""
    files = files_of(connection, draft_key, base, upto)
    return Bundle({p: c for p, c in files.items() if not is_beside(p)})


def proposed(connection: Connection, row: Mapping[str, Any]) -> None:
    """Insert a proposal."""
    connection.execute(insert(bundle_release), dict(row))


def release_of(connection: Connection, release_key: str) -> Row[Any] | None:
    """A proposal's row, held until the transaction ends."""
    own = bundle_release.c.release_key == release_key
    return connection.execute(select(bundle_release).where(own).with_for_update()).first()


def release_became(connection: Connection, release_key: str, **values: Any) -> None:
    """Change a proposal's status, progress or results."""
    own = bundle_release.c.release_key == release_key
    connection.execute(update(bundle_release).where(own).values(**values))


def releases(connection: Connection, limit: int = 50) -> Sequence[Row[Any]]:
    """Proposals, the newest first."""
    c = bundle_release.c
    return connection.execute(
        select(bundle_release).order_by(c.proposed_at.desc(), c.release_key).limit(limit)
    ).all()


def next_queued(connection: Connection) -> str | None:
    """The key of the oldest proposal that nobody checks yet."""
    c = bundle_release.c
    return connection.execute(
        select(c.release_key).where(c.status == "queued").order_by(c.proposed_at).limit(1)
    ).scalar_one_or_none()
