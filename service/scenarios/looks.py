"""What a story can see of its county: open tasks, values, what happened, whether anything was written."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from service.engine import variables
from service.scenarios.world import World
from service.store import history
from service.store import tables as t
from service.store.facts import facts_of
from service.store.session import reading

_LAST = select(func.max(t.event.c.seq))


@dataclass(frozen=True)
class Task:
    """An open task: `path` is process/element, with the member in brackets."""

    task_key: str
    path: str
    group_id: str
    unit_id: str | None
    person: str | None = None


@dataclass(frozen=True)
class Happened:
    """An event of the engine: the number and time of its act in the log, its name and fields."""

    seq: int
    at: datetime
    name: str
    fields: dict[str, Any]


def open_tasks(world: World, project_key: str | None) -> list[Task]:
    """Open tasks of a project (of what stands alone: None), the oldest first."""
    wanted = (
        select(t.task)
        .where(t.task.c.project_key == project_key, t.task.c.status == "open")
        .order_by(t.task.c.created_at, t.task.c.task_key)
    )
    with reading(world.engine) as connection:
        rows = connection.execute(wanted).all()
    return [
        Task(
            r.task_key,
            f"{r.process_id}/{r.element_id}" + (f"[{r.member}]" if r.member else ""),
            r.group_id,
            r.unit_id,
            r.person,
        )
        for r in rows
    ]


def open_task(
    world: World,
    project_key: str | None,
    path: str,
    member: Any = None,
    taken: Collection[str] = (),
) -> Task | None:
    """The oldest open task of `process/element`, of a member (named by itself or its unit) where it has some.

    `taken` are keys of tasks that are meant already.
    """
    found = [task for task in open_tasks(world, project_key) if task.task_key not in taken]
    wanted = f"{path}[{member}]" if member else path
    named = [task for task in found if task.path == wanted]
    if not named and member:
        named = [t for t in found if t.path.startswith(f"{path}[") and t.unit_id == member]
    return named[0] if named else None


def values(world: World, project_key: str | None) -> dict[str, Any]:
    """Variables of all instances of a project (later ones win), facts over them."""
    wanted = (
        select(t.instance.c.state)
        .where(t.instance.c.project_key == project_key)
        .order_by(t.instance.c.started_at, t.instance.c.instance_key)
    )
    found: dict[str, Any] = {}
    with reading(world.engine) as connection:
        for row in connection.execute(wanted):
            found |= variables(bytes(row.state))
        return found | facts_of(connection, project_key)


def happened(world: World, project_key: str | None = None, after: int = 0) -> list[Happened]:
    """Everything that the engine made of acts, in order: in a project or all, after an event's number."""
    with reading(world.engine) as connection:
        return [
            Happened(event.seq, event.at, name, fields)
            for event in history.read(connection, project_key=project_key, after=after)
            for name, fields in event.body.get("effects", ())
        ]


def last_seq(world: World) -> int:
    """The number of the newest event."""
    with reading(world.engine) as connection:
        return connection.execute(_LAST).scalar() or 0


def fingerprint(world: World) -> str:
    """Changes when anything is written (the security log apart)."""
    with reading(world.engine) as connection:
        counts = [
            connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (t.event, t.submission, t.task, t.instance, t.project, t.notice)
        ]
        last = connection.execute(
            select(t.event.c.hash).order_by(t.event.c.seq.desc()).limit(1)
        ).scalar()
    return hashlib.sha256(json.dumps([counts, last]).encode()).hexdigest()
