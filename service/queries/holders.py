"""Who has an open task of a project (在谁手里), since when, until when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from service.engine import Definition
from service.model.access import is_candidate
from service.model.actor import Actor
from service.store import tables as t
from service.store.register import unit_names


@dataclass(frozen=True)
class Holder:
    """An open task: `who` is the unit, `person` who has claimed it, `mine` whether the reader may do it.

    `paused`: time limits stand still while it is open.
    """

    task_key: str
    instance_key: str
    step: str
    who: str
    person: str
    since: datetime
    due_at: datetime | None
    mine: bool
    paused: bool


def holder_name(
    definition: Definition, units: Mapping[str, str], group_id: str, unit_id: str | None
) -> str:
    """The unit that a task is for, of `units` (names by id); the group's name as long as none stands for it."""
    group = definition.groups.groups.get(group_id)
    unit = units.get(unit_id or (group.unit_id if group else None) or "")
    return unit or (group.name if group else group_id)


def holders_of(
    connection: Connection, definition: Definition, actor: Actor, project_key: str
) -> list[Holder]:
    """The open tasks of a project, the oldest first."""
    rows = connection.execute(
        select(t.task)
        .where(t.task.c.project_key == project_key, t.task.c.status == "open")
        .order_by(t.task.c.created_at, t.task.c.task_key)
    )
    units = unit_names(connection)
    return [_holder(definition, units, actor, row) for row in rows]


def _holder(definition: Definition, units: Mapping[str, str], actor: Actor, row: Any) -> Holder:
    group = definition.groups.groups.get(row.group_id)
    bound = group is not None and group.unit_id is None
    element = definition.element(row.process_id, row.element_id)
    return Holder(
        row.task_key, row.instance_key,
        element.name,
        holder_name(definition, units, row.group_id, row.unit_id), row.assignee_name or "",
        row.created_at, row.due_at,
        is_candidate(actor, row.group_id, row.unit_id, project_bound=bound, person=row.person),
        element.stops_clocks,
    )  # fmt: skip
