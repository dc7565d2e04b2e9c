"""Deployed bundles: add, list, read back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from service.model.bundle import Bundle
from service.store.tables import deployment, deployment_file


def add(connection: Connection, bundle: Bundle, by: str, at: datetime) -> int:
    """Make a bundle the newest version; an older one that comes back gets a new version number."""
    version = (connection.execute(select(func.max(deployment.c.version))).scalar() or 0) + 1
    row = {"version": version, "deployed_at": at, "deployed_by": by}
    same = deployment.c.digest == bundle.digest
    if connection.execute(update(deployment).where(same).values(**row)).rowcount:
        return version
    connection.execute(insert(deployment).values(digest=bundle.digest, **row))
    connection.execute(
        insert(deployment_file),
        [{"digest": bundle.digest, "path": p, "content": c} for p, c in bundle.files.items()],
    )
    return version


_NEWEST = select(deployment.c.digest).order_by(deployment.c.version.desc()).limit(1)


def newest(connection: Connection) -> str | None:
    """Digest of the newest version."""
    return connection.execute(_NEWEST).scalar_one_or_none()


def versions(connection: Connection) -> Sequence[Row[Any]]:
    """All versions, the newest first."""
    return connection.execute(select(deployment).order_by(deployment.c.version.desc())).all()


def version_of(connection: Connection, digest: str) -> int:
    """The version number of a deployed digest."""
    found = select(deployment.c.version).where(deployment.c.digest == digest)
    return int(connection.execute(found).scalar_one())


def read_back(connection: Connection, digest: str) -> Bundle:
    """The bundle of a digest, as it was deployed."""
    rows = connection.execute(
        select(deployment_file.c.path, deployment_file.c.content).where(
            deployment_file.c.digest == digest
        )
    )
    return Bundle({row.path: bytes(row.content) for row in rows})


def find(connection: Connection, name: str) -> str | None:
    """The digest of a version number, or the only one that begins with `name`."""
    query = select(deployment.c.digest)
    if name.isdigit() and len(name) < 8:
        return connection.execute(
            query.where(deployment.c.version == int(name))
        ).scalar_one_or_none()
    found = connection.execute(query.where(deployment.c.digest.startswith(name, autoescape=True)))
    digests = found.scalars().all()
    return digests[0] if len(digests) == 1 else None
