"""Projects: the list, and one with its stages, holders, facts and instances."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Connection, exists, or_, select, true

from service.definitions import definition_of, newest_definition
from service.engine import Definition, Element
from service.forms import wan
from service.model.actor import Actor
from service.model.errors import NotFound
from service.model.values import from_json
from service.queries.history import element_states
from service.store import tables as t


@dataclass(frozen=True)
class ProjectRow:
    """A line of the list of projects."""

    project_key: str
    no: str
    name: str
    unit: str
    status: str
    amount: str
    created_at: datetime


@dataclass(frozen=True)
class Stage:
    """A stage of the main diagram: `state` is done, now, back or empty."""

    name: str
    state: str


@dataclass(frozen=True)
class Holder:
    """Who has an open task of the project, since when, until when."""

    task_key: str
    step: str
    who: str
    since: datetime
    due_at: datetime | None


@dataclass(frozen=True)
class InstanceRow:
    """An instance of the project."""

    instance_key: str
    name: str
    status: str
    started_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True)
class ProjectDetail:
    """All that the project page shows."""

    row: ProjectRow
    stages: list[Stage]
    holders: list[Holder]
    money: list[tuple[str, str]]
    participants: list[tuple[str, str]]
    instances: list[InstanceRow]
    startable: list[tuple[str, str]]


MONEY = (
    ("project_budget_yuan", "申报预算"),
    ("project_approved_yuan", "审定金额"),
    ("project_indicator_yuan", "预算指标"),
    ("project_contract_yuan", "合同额"),
    ("project_paid_yuan", "累计拨付"),
    ("project_recovered_yuan", "已收回"),
)


def visible(actor: Actor) -> ColumnElement[bool]:
    """A unit sees projects in which it takes part; units of the county's own groups see all."""
    mine = exists().where(
        t.participant.c.project_key == t.project.c.project_key,
        t.participant.c.unit_id == actor.unit_id,
    )
    return true() if sees_all(actor) else or_(t.project.c.unit_id == actor.unit_id, mine)


def sees_all(actor: Actor) -> bool:
    """Whether the actor's unit is one of the county's own (its id is a group's id)."""
    return actor.unit_id in actor.groups


def project_list(
    connection: Connection, actor: Actor, *, search: str = "", limit: int = 100
) -> list[ProjectRow]:
    """Projects that the actor may see, newest first."""
    query = select(t.project).where(visible(actor)).order_by(t.project.c.no.desc()).limit(limit)
    if search:
        like = f"%{search[:60]}%"
        query = query.where(
            or_(
                t.project.c.name.like(like),
                t.project.c.no.like(like),
                t.project.c.status.like(like),
            )
        )
    units = _unit_names(connection)
    return [_row(r, units) for r in connection.execute(query)]


def _unit_names(connection: Connection) -> dict[str, str]:
    definition = newest_definition(connection)
    return {u.id: u.name for u in definition.groups.units.values()} if definition else {}


def _row(row: Any, units: dict[str, str]) -> ProjectRow:
    facts = {k: from_json(v) for k, v in json.loads(row.facts).items()}
    budget = facts.get("project_budget_yuan")
    return ProjectRow(
        row.project_key, row.no, row.name or "（未命名项目）", units.get(row.unit_id, row.unit_id), row.status,
        wan(budget) if isinstance(budget, Decimal) else "—", row.created_at,
    )  # fmt: skip


def project_detail(connection: Connection, actor: Actor, project_key: str) -> ProjectDetail:
    """A project with what is going on in it. Raises NotFound for those who may not see it."""
    row = connection.execute(
        select(t.project).where(t.project.c.project_key == project_key, visible(actor))
    ).first()
    if row is None:
        raise NotFound("没有这个项目。")
    instances = connection.execute(
        select(t.instance)
        .where(t.instance.c.project_key == project_key)
        .order_by(t.instance.c.started_at)
    ).all()
    definition = definition_of(connection, instances[0].digest)
    units = {u.id: u.name for u in definition.groups.units.values()}
    facts = {k: from_json(v) for k, v in json.loads(row.facts).items()}
    return ProjectDetail(
        _row(row, units),
        _stages(connection, definition, instances[0]),
        _holders(connection, definition, project_key, units),
        [(label, wan(facts[k])) for k, label in MONEY if isinstance(facts.get(k), Decimal)],
        _participants(connection, definition, project_key, units),
        [
            InstanceRow(
                i.instance_key,
                definition.processes[i.process_id].name,
                i.status,
                i.started_at,
                i.ended_at,
            )
            for i in instances
        ],
        _startable(definition, actor),
    )


def _stages(connection: Connection, definition: Definition, instance: Any) -> list[Stage]:
    """The call activities of the main diagram, those of the longest phase unfolded, in order of the flow."""
    states = element_states(connection, instance.instance_key)
    found: list[Stage] = []

    def walk(process_id: str) -> None:
        for element in _in_flow_order(definition, process_id):
            if element.type != "callActivity" or element.called is None:
                continue
            inner = definition.processes[element.called].elements.values()
            if sum(e.type == "callActivity" for e in inner) > 3 and not any(
                e.type == "userTask" for e in inner
            ):
                walk(element.called)
            else:
                found.append(Stage(element.name, states.get((process_id, element.id), "")))

    walk(instance.process_id)
    return found


def _in_flow_order(definition: Definition, process_id: str) -> list[Element]:
    """Elements from left to right, as they are drawn."""
    process = definition.processes[process_id]
    shapes = {
        shape.get("bpmnElement"): float(shape[0].get("x"))
        for shape in process.root.iter("{http://www.omg.org/spec/BPMN/20100524/DI}BPMNShape")
        if len(shape)
    }
    return sorted(process.elements.values(), key=lambda e: shapes.get(e.id, 0.0))


def _holders(
    connection: Connection, definition: Definition, project_key: str, units: dict[str, str]
) -> list[Holder]:
    rows = connection.execute(
        select(t.task)
        .where(t.task.c.project_key == project_key, t.task.c.status == "open")
        .order_by(t.task.c.created_at)
    )
    groups = definition.groups.groups
    return [
        Holder(
            r.task_key,
            definition.element(r.process_id, r.element_id).name,
            " ".join(
                filter(
                    None,
                    (
                        units.get(r.unit_id or "", "") or groups[r.group_id].name,
                        r.assignee_name or "",
                    ),
                )
            ),
            r.created_at,
            r.due_at,
        )
        for r in rows
    ]


def _participants(
    connection: Connection, definition: Definition, project_key: str, units: dict[str, str]
) -> list[tuple[str, str]]:
    rows = connection.execute(
        select(t.participant).where(t.participant.c.project_key == project_key)
    )
    groups = definition.groups.groups
    return sorted(
        (
            groups[r.group_id].name if r.group_id in groups else r.group_id,
            units.get(r.unit_id, r.unit_id),
        )
        for r in rows
    )


def _startable(definition: Definition, actor: Actor) -> list[tuple[str, str]]:
    """Processes that the actor may start inside a project."""
    return [
        (p.id, p.name)
        for p in definition.processes.values()
        if p.id not in definition.called
        and not p.start.family("assigns")
        and p.start.event == "message"
        and p.start.lane_id in actor.groups
    ]
