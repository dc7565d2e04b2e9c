"""Deployed bundles: add, list, read back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, func, insert, select

from service.model.bundle import Bundle
from service.store.tables import deployment, deployment_file


def add(connection: Connection, bundle: Bundle, by: str, at: datetime) -> int:
    """Store a bundle as the newest version; a digest that is there already keeps its version."""
    known = connection.execute(
        select(deployment.c.version).where(deployment.c.digest == bundle.digest)
    ).scalar_one_or_none()
    if known is not None:
        return int(known)
    version = (connection.execute(select(func.max(deployment.c.version))).scalar() or 0) + 1
    connection.execute(
        insert(deployment).values(
            digest=bundle.digest, version=version, deployed_at=at, deployed_by=by
        )
    )
    connection.execute(
        insert(deployment_file),
        [{"digest": bundle.digest, "path": p, "content": c} for p, c in bundle.files.items()],
    )
    return version


def newest(connection: Connection) -> str | None:
    """Digest of the newest version."""
    return connection.execute(
        select(deployment.c.digest).order_by(deployment.c.version.desc()).limit(1)
    ).scalar_one_or_none()


def read_back(connection: Connection, digest: str) -> Bundle:
    """The bundle of a digest, as it was deployed."""
    rows = connection.execute(
        select(deployment_file.c.path, deployment_file.c.content).where(
            deployment_file.c.digest == digest
        )
    )
    return Bundle({row.path: bytes(row.content) for row in rows})
