"""A task of a project that one may see, though it is not one's own."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select

from service.definitions import definition_of
from service.model.actor import Actor
from service.model.errors import NotFound
from service.store import tables as t
from service.store.sight import visible


def seen_task(connection: Connection, actor: Actor, task_key: str) -> tuple[Any, str]:
    """(task with the name of its project, name of the step). Raises NotFound."""
    row = connection.execute(
        select(t.task, t.project.c.name, t.instance.c.digest)
        .join(t.project, t.project.c.project_key == t.task.c.project_key)
        .join(t.instance, t.instance.c.instance_key == t.task.c.instance_key)
        .where(t.task.c.task_key == task_key, visible(actor))
    ).first()
    if row is None:
        raise NotFound("没有可以催办的这项任务。")
    element = definition_of(connection, row.digest).element(row.process_id, row.element_id)
    return row, element.name
