"""What would a submission do as it stands: the gate as a checklist, and who has it next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from service.engine import (
    Filled,
    GateItem,
    foreseen_items,
    gate_items,
    next_tasks,
    possible_next,
    task_outputs,
)
from service.forms import typed_values, validate
from service.model.errors import Refused
from service.model.events import InstanceCompleted, ServiceTaskRequested, UserTaskCreated
from service.model.inputs import CompleteTask
from service.queries.holders import holder_name
from service.queries.task_detail import TaskDetail
from service.store import tables as t
from service.store.facts import unit_for
from service.store.register import unit_names


@dataclass(frozen=True)
class Next:
    """Who has it next: `tasks` as (unit, step). `sure`: it follows from what is filled in; else the
    tasks are those that may come. `waits`: units whose answers are still out; `ends`: the process ends.
    """

    sure: bool
    tasks: tuple[tuple[str, str], ...]
    waits: tuple[str, ...] = ()
    ends: bool = False


@dataclass(frozen=True)
class TaskCheck:
    """`gate`: the checklist, None for a task without a gate; `foreseen`: what will be judged afterwards."""

    gate: tuple[GateItem, ...] | None
    next: Next
    foreseen: tuple[GateItem, ...] = ()


def task_check(
    connection: Connection, detail: TaskDetail, values: Mapping[str, Any], *, now: datetime
) -> TaskCheck | None:
    """The checklist and the next step for `values` as typed; None when the task is not open."""
    if detail.row.status != "open":
        return None
    filled = _filled(detail, values, now)
    gate = gate_items(filled) if "gate" in detail.element.properties else None
    clear = not gate or all(item.state == "ok" for item in gate)
    events = _events(detail, values, now) if clear else None
    return TaskCheck(
        gate,
        _maybe(connection, detail) if events is None else _sure(connection, detail, events),
        foreseen_items(filled),
    )


def _filled(detail: TaskDetail, values: Mapping[str, Any], now: datetime) -> Filled:
    typed = typed_values(detail.form, values)
    return Filled(detail.definition, detail.state, detail.row.task_key, typed, detail.facts, now)


def _events(detail: TaskDetail, values: Mapping[str, Any], now: datetime) -> Iterable[Any] | None:
    """What the engine would do; None as long as the form would be sent back."""
    checked = validate(detail.form, values, context=detail.context, now=now)
    if checked.errors:
        return None
    filled = _filled(detail, checked.values, now)
    try:
        routing = task_outputs(filled)
    except Refused:
        return None
    return next_tasks(
        detail.definition, detail.state, CompleteTask(filled.task_key, routing),
        instance_key=detail.row.instance_key, facts=detail.facts, now=now,
    )  # fmt: skip


def _sure(connection: Connection, detail: TaskDetail, events: Iterable[Any]) -> Next:
    opened, units = [], unit_names(connection)
    for event in events:
        if isinstance(event, UserTaskCreated):
            unit = event.member or unit_for(connection, detail.row.project_key, event.group_id)
            who = holder_name(detail.definition, units, event.group_id, unit)
            opened.append((who, detail.definition.element(event.process_id, event.element_id).name))
        elif isinstance(event, ServiceTaskRequested):
            return _maybe(connection, detail)
    ends = any(isinstance(event, InstanceCompleted) for event in events)
    waits = () if opened or ends else _others(connection, detail)
    return Next(True, tuple(dict.fromkeys(opened)), waits, ends)


def _others(connection: Connection, detail: TaskDetail) -> tuple[str, ...]:
    rows = connection.execute(
        select(t.task.c.group_id, t.task.c.unit_id).where(
            t.task.c.instance_key == detail.row.instance_key,
            t.task.c.status == "open",
            t.task.c.task_key != detail.row.task_key,
        )
    )
    units = unit_names(connection)
    names = (holder_name(detail.definition, units, row.group_id, row.unit_id) for row in rows)
    return tuple(dict.fromkeys(names))


def _maybe(connection: Connection, detail: TaskDetail) -> Next:
    found = possible_next(detail.definition, detail.row.process_id, detail.row.element_id)
    units = unit_names(connection)
    tasks = (
        (
            holder_name(
                detail.definition,
                units,
                e.lane_id or "",
                unit_for(connection, detail.row.project_key, e.lane_id or ""),
            ),
            e.name,
        )
        for e in found
    )
    return Next(False, tuple(dict.fromkeys(tasks)))
