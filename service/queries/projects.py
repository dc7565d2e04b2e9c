"""Projects: the list, and one with its stages, holders, facts and instances."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, select

from service.definitions import definition_of
from service.engine import Definition, variables
from service.forms import wan
from service.model.actor import Actor
from service.model.errors import NotFound
from service.queries.holders import Holder, holder_name, holders_of
from service.queries.project_facts import Known, facts_shown
from service.queries.stages import Stage, stages_of
from service.regulation.facts import listed_fact
from service.store import history as log
from service.store import tables as t
from service.store.among import among
from service.store.facts import facts_from
from service.store.register import unit_names
from service.store.sight import visible


@dataclass(frozen=True)
class ProjectRow:
    """A line of the list of projects; `holders` are the units that have its open tasks."""

    project_key: str
    no: str
    name: str
    unit: str
    status: str
    amount: str
    created_at: datetime
    holders: tuple[str, ...]


@dataclass(frozen=True)
class InstanceRow:
    """An instance of the project; `holders` are the units that have its open tasks."""

    instance_key: str
    name: str
    status: str
    started_at: datetime
    ended_at: datetime | None
    holders: list[str]


@dataclass(frozen=True)
class ProjectDetail:
    """What a project is and who has it; `facts` by kind."""

    row: ProjectRow
    running: bool
    stages: list[Stage]
    holders: list[Holder]
    facts: dict[str, list[Known]]
    participants: list[tuple[str, str]]
    instances: list[InstanceRow]
    startable: list[tuple[str, str]]


def holding(
    connection: Connection, definition: Definition, units: Mapping[str, str], keys: list[str]
) -> dict[str, tuple[str, ...]]:
    """Project → units that have its open tasks."""
    tasks = connection.execute(
        select(t.task.c.project_key, t.task.c.group_id, t.task.c.unit_id)
        .where(among(t.task.c.project_key, keys), t.task.c.status == "open")
        .order_by(t.task.c.created_at, t.task.c.task_key)
    )
    found: dict[str, tuple[str, ...]] = {}
    for task in tasks:
        name = holder_name(definition, units, task.group_id, task.unit_id)
        if name not in found.get(task.project_key, ()):
            found[task.project_key] = (*found.get(task.project_key, ()), name)
    return found


def _row(
    row: Any, definition: Definition, units: Mapping[str, str], holders: tuple[str, ...]
) -> ProjectRow:
    facts = facts_from(row.facts)
    amount = facts.get(listed_fact(definition.facts))
    return ProjectRow(
        row.project_key, row.no, row.name or "（未命名项目）",
        units.get(row.unit_id, row.unit_id), row.status,
        wan(amount) if isinstance(amount, Decimal) else "—", row.created_at, holders,
    )  # fmt: skip


def project_detail(
    connection: Connection,
    actor: Actor,
    project_key: str,
    *,
    now: datetime,
    events: Sequence[log.StoredEvent] | None = None,
) -> ProjectDetail:
    """A project with what is going on in it. Raises NotFound for those who may not see it.

    `events`: its log, where it is read already.
    """
    row = seen_project(connection, actor, project_key)
    if events is None:
        events = list(log.read(connection, project_key=project_key))
    instances = connection.execute(
        select(t.instance)
        .where(t.instance.c.project_key == project_key)
        .order_by(t.instance.c.started_at, t.instance.c.instance_key)
    ).all()
    first = instances[0]
    definition = definition_of(connection, first.digest)
    facts = facts_from(row.facts)
    names = {**facts, **variables(bytes(first.state)), "settings": definition.setting_values}
    holders = holders_of(connection, definition, actor, project_key)
    units = unit_names(connection)
    return ProjectDetail(
        _row(row, definition, units, tuple(dict.fromkeys(h.who for h in holders))),
        any(i.status == "running" for i in instances),
        stages_of(connection, definition, first, names, now, events),
        holders,
        facts_shown(definition, events, facts),
        _participants(connection, definition, units, project_key),
        [_instance(definition, i, holders) for i in instances],
        _startable(definition, actor),
    )


def seen_project(connection: Connection, actor: Actor, project_key: str) -> Row[Any]:
    """The row of a project that the actor may see. Raises NotFound."""
    row = connection.execute(
        select(t.project).where(t.project.c.project_key == project_key, visible(actor))
    ).first()
    if row is None:
        raise NotFound("没有这个项目。")
    return row


def _instance(definition: Definition, row: Any, holders: list[Holder]) -> InstanceRow:
    return InstanceRow(
        row.instance_key,
        definition.processes[row.process_id].name,
        row.status,
        row.started_at,
        row.ended_at,
        list(dict.fromkeys(h.who for h in holders if h.instance_key == row.instance_key)),
    )


def _participants(
    connection: Connection, definition: Definition, units: Mapping[str, str], project_key: str
) -> list[tuple[str, str]]:
    rows = connection.execute(
        select(t.participant).where(t.participant.c.project_key == project_key)
    ).all()
    order = list(definition.groups.groups)
    known = sorted(rows, key=lambda r: order.index(r.group_id) if r.group_id in order else 999)
    return [
        (
            definition.groups.groups[r.group_id].name if r.group_id in order else r.group_id,
            holder_name(definition, units, r.group_id, r.unit_id),
        )
        for r in known
    ]


def _startable(definition: Definition, actor: Actor) -> list[tuple[str, str]]:
    """Processes that the actor may start inside a project."""
    return [
        (p.id, p.name)
        for p in definition.processes.values()
        if p.id not in definition.called
        and not p.start.family("assigns")
        and p.start.properties.get("project") != "none"
        and p.start.event == "message"
        and actor.groups & {*p.start.starters}
    ]
