"""Running instances that are not on the newest version, or have changed their version."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select

from service.definitions import definition_of
from service.store import deployments
from service.store import tables as t

MOST = 50


@dataclass(frozen=True)
class Running:
    """An instance with its process, its project (number and name) and its version; `moved`: it has changed it."""

    instance_key: str
    process: str
    project_no: str
    project_name: str
    version: int
    newest: bool
    moved: bool


def running(connection: Connection, limit: int = MOST) -> list[Running]:
    """Those on an older version first, then those that have been moved; the oldest first, at most `limit`."""
    newest = deployments.newest(connection)
    moved = select(t.event.c.instance_key).where(t.event.c.act == "migrate_instance")
    c = t.instance.c
    rows = connection.execute(
        select(t.instance, t.project.c.no, t.project.c.name)
        .join(t.project, t.project.c.project_key == c.project_key, isouter=True)
        .where(c.status == "running", (c.digest != newest) | c.instance_key.in_(moved))
        .order_by((c.digest == newest), c.started_at, c.instance_key)
        .limit(limit)
    ).all()
    changed = set(connection.execute(moved).scalars())
    return [
        Running(
            row.instance_key,
            definition_of(connection, row.digest).processes[row.process_id].name,
            row.no or "",
            row.name or "",
            deployments.version_of(connection, row.digest),
            row.digest == newest,
            row.instance_key in changed,
        )
        for row in rows
    ]
