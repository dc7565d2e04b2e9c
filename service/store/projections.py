"""What the engine's events change in the rows that pages read; one function for each kind of event.

All of it can be rebuilt from the log: nothing here is known that the log does not say.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from service.model import events
from service.model.values import canonical_json, from_json, to_json
from service.store import tables as t


@dataclass(frozen=True)
class Where:
    """The act whose events are projected: instance, project, time, person."""

    instance_key: str
    project_key: str | None
    at: datetime
    account_key: str
    account_name: str


def project_events(
    connection: Connection, where: Where, happened: tuple[events.Event, ...]
) -> None:
    """Carry the events of one step into the rows, in order."""
    for event in happened:
        handler = _HANDLERS.get(type(event))
        if handler:
            handler(connection, where, event)


def facts_of(connection: Connection, project_key: str | None) -> dict[str, Any]:
    """The facts of a project by name."""
    if project_key is None:
        return {}
    raw = connection.execute(
        select(t.project.c.facts).where(t.project.c.project_key == project_key)
    ).scalar_one()
    return {name: from_json(value) for name, value in json.loads(raw).items()}


def unit_for(connection: Connection, project_key: str | None, group_id: str) -> str | None:
    """The unit that a group means in a project, when the project has said so."""
    if project_key is None:
        return None
    return connection.execute(
        select(t.participant.c.unit_id).where(
            t.participant.c.project_key == project_key, t.participant.c.group_id == group_id
        )
    ).scalar_one_or_none()


def _task_created(connection: Connection, where: Where, event: events.UserTaskCreated) -> None:
    connection.execute(
        insert(t.task).values(
            task_key=event.task_key,
            instance_key=where.instance_key,
            project_key=where.project_key,
            process_id=event.process_id,
            element_id=event.element_id,
            group_id=event.group_id,
            unit_id=unit_for(connection, where.project_key, event.group_id),
            member=event.member,
            status="open",
            created_at=where.at,
            due_at=event.due,
        )
    )


def _task_ended(status: str) -> Callable[[Connection, Where, Any], None]:
    def handle(connection: Connection, where: Where, event: Any) -> None:
        connection.execute(
            update(t.task)
            .where(t.task.c.task_key == event.task_key)
            .values(
                status=status,
                ended_at=where.at,
                ended_by=where.account_key,
                ended_by_name=where.account_name,
            )
        )
        connection.execute(delete(t.draft).where(t.draft.c.task_key == event.task_key))

    return handle


def _timer_scheduled(connection: Connection, where: Where, event: events.TimerScheduled) -> None:
    connection.execute(
        insert(t.due_timer).values(
            task_key=event.task_key,
            instance_key=where.instance_key,
            process_id=event.process_id,
            element_id=event.element_id,
            due_at=event.due,
        )
    )


def _timer_ended(connection: Connection, where: Where, event: events.TimerEnded) -> None:
    connection.execute(delete(t.due_timer).where(t.due_timer.c.task_key == event.task_key))


def _awaited(connection: Connection, where: Where, event: events.MessageAwaited) -> None:
    connection.execute(
        insert(t.awaited_message).values(
            task_key=event.task_key,
            instance_key=where.instance_key,
            project_key=where.project_key,
            process_id=event.process_id,
            element_id=event.element_id,
            name=event.name,
        )
    )


def _await_ended(connection: Connection, where: Where, event: events.MessageAwaitEnded) -> None:
    connection.execute(
        delete(t.awaited_message).where(t.awaited_message.c.task_key == event.task_key)
    )


def _facts(connection: Connection, where: Where, event: events.FactsSet) -> None:
    if where.project_key is None:
        return
    facts = facts_of(connection, where.project_key) | dict(event.facts)
    values: dict[str, Any] = {
        "facts": canonical_json({k: to_json(v) for k, v in facts.items()}).decode()
    }
    if "project_name" in event.facts:
        values["name"] = str(event.facts["project_name"] or "")
    if "project_status" in event.facts:
        values["status"] = str(event.facts["project_status"] or "")
    connection.execute(
        update(t.project).where(t.project.c.project_key == where.project_key).values(**values)
    )


def _participant(connection: Connection, where: Where, event: events.ParticipantAssigned) -> None:
    key = (t.participant.c.project_key == where.project_key) & (
        t.participant.c.group_id == event.group_id
    )
    if (
        connection.execute(update(t.participant).where(key).values(unit_id=event.unit_id)).rowcount
        == 0
    ):
        connection.execute(
            insert(t.participant).values(
                project_key=where.project_key, group_id=event.group_id, unit_id=event.unit_id
            )
        )
    # tasks that wait for this group now wait for this unit
    connection.execute(
        update(t.task)
        .where(
            t.task.c.project_key == where.project_key,
            t.task.c.group_id == event.group_id,
            t.task.c.status == "open",
            t.task.c.assignee.is_(None),
        )
        .values(unit_id=event.unit_id)
    )


def _instance_ended(status: str) -> Callable[[Connection, Where, Any], None]:
    def handle(connection: Connection, where: Where, event: Any) -> None:
        key = t.instance.c.instance_key == where.instance_key
        connection.execute(update(t.instance).where(key).values(status=status, ended_at=where.at))

    return handle


_HANDLERS: dict[type, Callable[[Connection, Where, Any], None]] = {
    events.UserTaskCreated: _task_created,
    events.UserTaskCompleted: _task_ended("completed"),
    events.UserTaskCancelled: _task_ended("cancelled"),
    events.TimerScheduled: _timer_scheduled,
    events.TimerEnded: _timer_ended,
    events.MessageAwaited: _awaited,
    events.MessageAwaitEnded: _await_ended,
    events.FactsSet: _facts,
    events.ParticipantAssigned: _participant,
    events.InstanceCompleted: _instance_ended("completed"),
    events.InstanceCancelled: _instance_ended("cancelled"),
}
# Shown from the log itself, without a row of their own.
NO_PROJECTION = (
    events.InstanceStarted,
    events.ElementEntered,
    events.ElementLeft,
    events.ElementCancelled,
    events.ServiceTaskRequested,
    events.DecisionEvaluated,
    events.MessageThrown,
    events.SignalThrown,
    events.VariablesSet,
)
