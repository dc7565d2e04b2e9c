"""What to tell a person who has just completed a task: which one it was, and who has the project now."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select

from service.definitions import definition_of
from service.model.actor import Actor
from service.queries.holders import holders_of
from service.queries.inbox import named
from service.store import tables as t


@dataclass(frozen=True)
class JustDone:
    """The task's step and project, and the units that have the project's open tasks."""

    step: str
    project_key: str | None
    project_name: str
    holders: list[str]


def just_done(connection: Connection, actor: Actor, task_key: str) -> JustDone | None:
    """The task if the actor has completed it; else None."""
    row = connection.execute(
        select(t.task, t.instance.c.digest, t.project.c.name)
        .join(t.instance, t.instance.c.instance_key == t.task.c.instance_key)
        .join(t.project, t.project.c.project_key == t.task.c.project_key, isouter=True)
        .where(t.task.c.task_key == task_key, t.task.c.ended_by == actor.account_key)
    ).first()
    if row is None:
        return None
    definition = definition_of(connection, row.digest)
    holders = holders_of(connection, definition, actor, row.project_key) if row.project_key else []
    return JustDone(
        definition.element(row.process_id, row.element_id).name,
        row.project_key,
        named(row, definition),
        list(dict.fromkeys(holder.who for holder in holders)),
    )
