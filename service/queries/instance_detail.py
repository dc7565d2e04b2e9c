"""One instance: its diagrams with what is done and current, and its history."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, or_, select

from service.definitions import definition_of
from service.engine import Definition, Process
from service.model.actor import Actor
from service.model.errors import NotFound
from service.queries.history import Entry, entries
from service.queries.projects import seen_project
from service.queries.stages import drawn_states, marks_of
from service.store import tables as t
from service.store.sight import sees_all


@dataclass(frozen=True)
class InstanceDetail:
    """`diagrams`: the processes that were entered, the called ones too, with the states of their elements."""

    row: Any
    project: Any
    definition: Definition
    name: str
    diagrams: list[tuple[Process, dict[str, str]]]
    history: list[Entry]


def _concerns(connection: Connection, actor: Actor, instance_key: str) -> bool:
    """Whether an instance without a project has, or had, work for the actor's unit."""
    work = select(t.task.c.task_key).where(
        t.task.c.instance_key == instance_key,
        or_(
            t.task.c.unit_id == actor.unit_id,
            and_(t.task.c.unit_id.is_(None), t.task.c.group_id.in_(actor.groups)),
        ),
    )
    return sees_all(actor) or connection.execute(work.limit(1)).first() is not None


def instance_detail(connection: Connection, actor: Actor, instance_key: str) -> InstanceDetail:
    """An instance of a project that the actor may see, or one without a project that concerns his unit.

    Raises NotFound.
    """
    row = connection.execute(
        select(t.instance).where(t.instance.c.instance_key == instance_key)
    ).first()
    if row is None or (row.project_key is None and not _concerns(connection, actor, instance_key)):
        raise NotFound("没有这个流程实例。")
    project = seen_project(connection, actor, row.project_key) if row.project_key else None
    definition = definition_of(connection, row.digest)
    marks = marks_of(connection, instance_key)
    entered = (definition.processes[p] for p in dict.fromkeys(p for p, _ in marks))
    diagrams = [(process, drawn_states(process, marks)) for process in entered]
    return InstanceDetail(
        row,
        project,
        definition,
        definition.processes[row.process_id].name,
        diagrams,
        entries(connection, instance_key=instance_key),
    )
