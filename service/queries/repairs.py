"""Emergency repairs as administrators see them: what can be done in a project, what waits, what was done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from service.definitions import definition_of
from service.model.errors import NotFound
from service.remedies import Remedy, remedies
from service.store import tables as t

LATEST = 100


@dataclass(frozen=True)
class Patient:
    """A running instance: what it is called, which tasks are open, what can be done; nothing that was filled in."""

    instance_key: str
    name: str
    waits: list[str]
    remedies: list[Remedy]


@dataclass(frozen=True)
class Repair:
    """A proposal and what became of it: `row` of the table, the project's number, the instance's name."""

    row: Any
    no: str
    name: str


def patients(connection: Connection, project_no: str) -> list[Patient]:
    """The running instances of a project by its number. Raises NotFound."""
    key = connection.execute(
        select(t.project.c.project_key).where(t.project.c.no == project_no)
    ).scalar()
    if key is None:
        raise NotFound(f"没有编号为 {project_no} 的项目，请核对编号。")
    i = t.instance.c
    rows = connection.execute(
        select(i.instance_key, i.process_id, i.digest)
        .where(i.project_key == key, i.status == "running")
        .order_by(i.started_at, i.instance_key)
    ).all()
    return [_patient(connection, row) for row in rows]


def _patient(connection: Connection, row: Any) -> Patient:
    definition = definition_of(connection, row.digest)
    open_ = connection.execute(
        select(t.task.c.process_id, t.task.c.element_id)
        .where(t.task.c.instance_key == row.instance_key, t.task.c.status == "open")
        .order_by(t.task.c.created_at)
    )
    waits = [definition.element(p, e).name for p, e in open_]
    name = definition.processes[row.process_id].name
    return Patient(row.instance_key, name, waits, remedies(connection, row.instance_key))


def waiting(connection: Connection) -> int:
    """How many proposals wait for the second person."""
    query = select(func.count()).select_from(t.repair).where(t.repair.c.status == "open")
    return int(connection.execute(query).scalar_one())


def repairs(connection: Connection) -> list[Repair]:
    """What waits first, then the latest."""
    r = t.repair.c
    rows = connection.execute(
        select(t.repair, t.project.c.no, t.instance.c.process_id, t.instance.c.digest)
        .join(t.project, t.project.c.project_key == r.project_key)
        .join(t.instance, t.instance.c.instance_key == r.instance_key)
        .order_by(r.status != "open", r.proposed_at.desc(), r.repair_key)
        .limit(LATEST)
    ).all()
    return [
        Repair(row, row.no, definition_of(connection, row.digest).processes[row.process_id].name)
        for row in rows
    ]
