"""What was asked and answered around a task, and what one is asked oneself."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select

from service.definitions import definition_of
from service.model.actor import Actor
from service.store import tables as t


def about_task(connection: Connection, task_key: str) -> list[Any]:
    """Consultations of a task (rows), the oldest first."""
    c = t.consultation.c
    return list(
        connection.execute(
            select(t.consultation).where(c.task_key == task_key).order_by(c.at, c.consultation_key)
        )
    )


def readers_of(connection: Connection, task_key: str) -> list[Any]:
    """Reading copies of a task (rows), the oldest first."""
    c = t.reading_copy.c
    return list(
        connection.execute(
            select(t.reading_copy).where(c.task_key == task_key).order_by(c.at, c.copy_key)
        )
    )


def asked_of(connection: Connection, actor: Actor) -> list[tuple[Any, str]]:
    """(consultation with its project, name of the step) that wait for the actor's answer."""
    return _with_step(
        connection,
        t.consultation,
        t.consultation.c.asked == actor.account_key,
        t.consultation.c.status == "open",
    )


def copies_for(connection: Connection, actor: Actor, *, limit: int = 100) -> list[tuple[Any, str]]:
    """(reading copy with its project, name of the step) for the actor, the newest first."""
    return _with_step(connection, t.reading_copy, t.reading_copy.c.to == actor.account_key)[:limit]


def _with_step(connection: Connection, table: Any, *where: Any) -> list[tuple[Any, str]]:
    rows = connection.execute(
        select(
            table, t.task.c.process_id, t.task.c.element_id, t.instance.c.digest,
            t.project.c.name.label("project_name"), t.project.c.no,
        )
        .join(t.task, t.task.c.task_key == table.c.task_key)
        .join(t.instance, t.instance.c.instance_key == table.c.instance_key)
        .join(t.project, t.project.c.project_key == table.c.project_key, isouter=True)
        .where(*where)
        .order_by(table.c.at.desc())
    )  # fmt: skip
    return [
        (row, definition_of(connection, row.digest).element(row.process_id, row.element_id).name)
        for row in rows
    ]
