"""What happened, carried into the rows that pages read; one function for each kind of event.

All of it can be rebuilt from the log (`queries/rebuild.py` does, with these same functions): nothing
here is known that the log does not say. Statements are built once, since building costs more than
running them.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, bindparam, delete, insert, select, update

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
    principal_key: str | None = None  # the person for whom it was done


_TASK = update(t.task).where(t.task.c.task_key == bindparam("key"))
_PROJECT = update(t.project).where(t.project.c.project_key == bindparam("key"))
_INSTANCE = update(t.instance).where(t.instance.c.instance_key == bindparam("key"))
_NEW_TASK, _NEW_TIMER, _NEW_AWAITED = insert(t.task), insert(t.due_timer), insert(t.awaited_message)
_NO_DRAFT = delete(t.draft).where(t.draft.c.task_key == bindparam("key"))
_NO_TIMER = delete(t.due_timer).where(t.due_timer.c.task_key == bindparam("key"))
_NO_AWAITED = delete(t.awaited_message).where(t.awaited_message.c.task_key == bindparam("key"))
_FACTS = select(t.project.c.facts).where(t.project.c.project_key == bindparam("key"))
_UNIT = select(t.participant.c.unit_id).where(
    t.participant.c.project_key == bindparam("key"), t.participant.c.group_id == bindparam("group")
)
_PARTICIPANT = update(t.participant).where(
    t.participant.c.project_key == bindparam("key"), t.participant.c.group_id == bindparam("group")
)
_WAITING_TASKS = update(t.task).where(
    t.task.c.project_key == bindparam("key"),
    t.task.c.group_id == bindparam("group"),
    t.task.c.status == "open",
    t.task.c.assignee.is_(None),
)


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
    return facts_from(connection.execute(_FACTS, {"key": project_key}).scalar_one())


def facts_from(raw: str) -> dict[str, Any]:
    """The facts in the text of a project's row."""
    return {name: from_json(value) for name, value in json.loads(raw).items()}


def _facts_text(facts: dict[str, Any]) -> str:
    return canonical_json({name: to_json(value) for name, value in facts.items()}).decode()


def unit_for(connection: Connection, project_key: str | None, group_id: str) -> str | None:
    """The unit that a group means in a project, when the project has said so."""
    if project_key is None:
        return None
    return connection.execute(_UNIT, {"key": project_key, "group": group_id}).scalar_one_or_none()


def unit_saved(connection: Connection, row: dict[str, Any]) -> None:
    """A unit of the register is new or changed."""
    _saved(connection, t.unit, "unit_id", row)


def post_saved(connection: Connection, row: dict[str, Any]) -> None:
    """A post of the register is new or changed."""
    _saved(connection, t.post, "post_id", row)


def _saved(connection: Connection, table: Table, key: str, row: dict[str, Any]) -> None:
    known = update(table).where(table.c[key] == row[key]).values(row)
    if connection.execute(known).rowcount == 0:
        connection.execute(insert(table).values(row))


def project_begun(
    connection: Connection, project_key: str, *, no: str, unit_id: str, at: datetime
) -> None:
    """A project has its number."""
    connection.execute(
        insert(t.project),
        {
            "project_key": project_key,
            "no": no,
            "unit_id": unit_id,
            "facts": _facts_text({"project_no": no}),
            "created_at": at,
        },
    )


def instance_saved(
    connection: Connection, where: Where, *, process_id: str, digest: str, state: bytes, seq: int
) -> None:
    """The instance stands at `state` after its input number `seq`; the first one creates the row."""
    if seq > 1:
        connection.execute(_INSTANCE, {"key": where.instance_key, "state": state, "seq": seq})
        return
    row = {
        "instance_key": where.instance_key,
        "process_id": process_id,
        "project_key": where.project_key,
        "digest": digest,
        "state": state,
        "seq": seq,
        "status": "running",
        "started_at": where.at,
    }
    connection.execute(insert(t.instance), row)


def task_claimed(connection: Connection, where: Where, task_key: str) -> None:
    """The task is the person's own."""
    row = {
        "key": task_key,
        "assignee": where.account_key,
        "assignee_name": where.account_name,
        "claimed_at": where.at,
    }
    connection.execute(_TASK, row)


def task_released(connection: Connection, where: Where, task_key: str) -> None:
    """The task is everybody's again."""
    row = {"key": task_key, "assignee": None, "assignee_name": None, "claimed_at": None}
    connection.execute(_TASK, row)


def notice_kept(
    connection: Connection, where: Where, *, notice_key: str, name: str, payload: str
) -> None:
    """A message for which nobody waited."""
    row = {
        "notice_key": notice_key,
        "project_key": where.project_key,
        "instance_key": where.instance_key,
        "name": name,
        "payload": payload,
        "at": where.at,
    }
    connection.execute(insert(t.notice), row)


def _task_created(connection: Connection, where: Where, event: events.UserTaskCreated) -> None:
    row = {
        "task_key": event.task_key,
        "instance_key": where.instance_key,
        "project_key": where.project_key,
        "process_id": event.process_id,
        "element_id": event.element_id,
        "group_id": event.group_id,
        "unit_id": event.unit or unit_for(connection, where.project_key, event.group_id),
        "member": event.member,
        "status": "open",
        "created_at": where.at,
        "due_at": event.due,
        "order_at": event.due or t.NO_DUE,
    }
    connection.execute(_NEW_TASK, row)


def _task_ended(status: str) -> Callable[[Connection, Where, Any], None]:
    def handle(connection: Connection, where: Where, event: Any) -> None:
        row = {
            "key": event.task_key,
            "status": status,
            "ended_at": where.at,
            "ended_by": where.account_key,
            "ended_by_name": where.account_name,
            "ended_for": where.principal_key,
        }
        connection.execute(_TASK, row)
        connection.execute(_NO_DRAFT, {"key": event.task_key})

    return handle


def _task_reserved(connection: Connection, where: Where, event: events.UserTaskReserved) -> None:
    connection.execute(_TASK, {"key": event.task_key, "person": event.person})


def _timer_scheduled(connection: Connection, where: Where, event: events.TimerScheduled) -> None:
    row = {
        "task_key": event.task_key,
        "instance_key": where.instance_key,
        "process_id": event.process_id,
        "element_id": event.element_id,
        "due_at": event.due,
    }
    connection.execute(_NEW_TIMER, row)


def _timer_ended(connection: Connection, where: Where, event: events.TimerEnded) -> None:
    connection.execute(_NO_TIMER, {"key": event.task_key})


def _awaited(connection: Connection, where: Where, event: events.MessageAwaited) -> None:
    row = {
        "task_key": event.task_key,
        "instance_key": where.instance_key,
        "project_key": where.project_key,
        "process_id": event.process_id,
        "element_id": event.element_id,
        "name": event.name,
    }
    connection.execute(_NEW_AWAITED, row)


def _await_ended(connection: Connection, where: Where, event: events.MessageAwaitEnded) -> None:
    connection.execute(_NO_AWAITED, {"key": event.task_key})


def _facts_set(connection: Connection, where: Where, event: events.FactsSet) -> None:
    if where.project_key is None:
        return
    facts = facts_of(connection, where.project_key) | dict(event.facts)
    row: dict[str, Any] = {"key": where.project_key, "facts": _facts_text(facts)}
    for name, column in (("project_name", "name"), ("project_status", "status")):
        if name in event.facts:
            row[column] = str(event.facts[name] or "")
    connection.execute(_PROJECT, row)


def _participant(connection: Connection, where: Where, event: events.ParticipantAssigned) -> None:
    if where.project_key is None:
        return
    row = {"key": where.project_key, "group": event.group_id, "unit_id": event.unit_id}
    if connection.execute(_PARTICIPANT, row).rowcount == 0:
        new = {
            "project_key": where.project_key,
            "group_id": event.group_id,
            "unit_id": event.unit_id,
        }
        connection.execute(insert(t.participant), new)
    # tasks that wait for this group now wait for this unit
    connection.execute(_WAITING_TASKS, row)


def _instance_ended(status: str) -> Callable[[Connection, Where, Any], None]:
    def handle(connection: Connection, where: Where, event: Any) -> None:
        row = {"key": where.instance_key, "status": status, "ended_at": where.at}
        connection.execute(_INSTANCE, row)

    return handle


_HANDLERS: dict[type, Callable[[Connection, Where, Any], None]] = {
    events.UserTaskCreated: _task_created,
    events.UserTaskReserved: _task_reserved,
    events.UserTaskCompleted: _task_ended("completed"),
    events.UserTaskCancelled: _task_ended("cancelled"),
    events.TimerScheduled: _timer_scheduled,
    events.TimerEnded: _timer_ended,
    events.MessageAwaited: _awaited,
    events.MessageAwaitEnded: _await_ended,
    events.FactsSet: _facts_set,
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
