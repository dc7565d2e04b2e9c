"""What happened, carried into the rows that pages read; one function for each kind of event.

All of it can be rebuilt from the log (`queries/rebuild.py` does, with these same functions): nothing
here is known that the log does not say.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, update

from service.model import events
from service.model.values import canonical_json
from service.store import tables as t
from service.store.facts import facts_set, participant_assigned
from service.store.prepared import Prepared
from service.store.where import Where
from service.store.worklist import (
    first_due,
    instance_closed,
    task_created,
    task_ended,
    task_moved,
    task_reserved,
)

_THIS = t.instance.c.instance_key == bindparam("key")
_TIMER = t.due_timer.c.task_key == bindparam("key")
_BEGUN = Prepared(
    insert(t.instance),
    "instance_key", "process_id", "project_key", "digest", "state", "seq", "status", "started_at",
    "started_by",
)  # fmt: skip
_SAVED = Prepared(update(t.instance).where(_THIS), "digest", "state", "seq")
_ENDED = Prepared(update(t.instance).where(_THIS), "status", "ended_at")
_NEW_TIMER = Prepared(
    insert(t.due_timer), "task_key", "instance_key", "process_id", "element_id", "due_at"
)
_MOVED = Prepared(update(t.due_timer).where(_TIMER), "due_at")
_NO_TIMER = Prepared(delete(t.due_timer).where(_TIMER))
_NEW_AWAITED = Prepared(
    insert(t.awaited_message),
    "task_key", "instance_key", "project_key", "process_id", "element_id", "name",
)  # fmt: skip
_NO_AWAITED = Prepared(
    delete(t.awaited_message).where(t.awaited_message.c.task_key == bindparam("key"))
)
_NOTICE = Prepared(
    insert(t.notice),
    "notice_key", "project_key", "instance_key", "task_key", "name", "payload", "at",
)  # fmt: skip
_TOLD = Prepared(insert(t.notice_to), "notice_key", "group_id", "unit_id")


def project_events(
    connection: Connection, where: Where, happened: tuple[events.Event, ...]
) -> None:
    """Carry the events of one step into the rows, in order."""
    for event in happened:
        handler = _HANDLERS.get(type(event))
        if handler:
            handler(connection, where, event)
    if where.project_key and any(isinstance(event, _WITH_LIMITS) for event in happened):
        first_due(connection, where.project_key)


def instance_saved(
    connection: Connection, where: Where, *, process_id: str, digest: str, state: bytes, seq: int
) -> None:
    """The instance stands at `state` after its input number `seq`; the first one creates the row."""
    if seq > 1:
        row = {"key": where.instance_key, "digest": digest, "state": state, "seq": seq}
        _SAVED.run(connection, row)
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
        "started_by": where.account_key,
    }
    _BEGUN.run(connection, row)


def notice_kept(connection: Connection, where: Where, said: Mapping[str, Any]) -> None:
    """A message for which nobody waited, or a reminder; `said` as the log has it under `notice`."""
    row = {
        "notice_key": said["key"],
        "project_key": where.project_key,
        "instance_key": where.instance_key,
        "task_key": said.get("task"),
        "name": said["name"],
        "payload": canonical_json(said["payload"]).decode(),
        "at": where.at,
    }
    _NOTICE.run(connection, row)
    for group_id, unit_id in said.get("to") or ():
        _TOLD.run(connection, {"notice_key": said["key"], "group_id": group_id, "unit_id": unit_id})


def _timer_scheduled(connection: Connection, where: Where, event: events.TimerScheduled) -> None:
    row = {
        "task_key": event.task_key,
        "instance_key": where.instance_key,
        "process_id": event.process_id,
        "element_id": event.element_id,
        "due_at": event.due,
    }
    _NEW_TIMER.run(connection, row)


def _timer_moved(connection: Connection, where: Where, event: events.TimerRescheduled) -> None:
    _MOVED.run(connection, {"key": event.task_key, "due_at": event.due})


def _timer_ended(connection: Connection, where: Where, event: events.TimerEnded) -> None:
    _NO_TIMER.run(connection, {"key": event.task_key})


def _awaited(connection: Connection, where: Where, event: events.MessageAwaited) -> None:
    row = {
        "task_key": event.task_key,
        "instance_key": where.instance_key,
        "project_key": where.project_key,
        "process_id": event.process_id,
        "element_id": event.element_id,
        "name": event.name,
    }
    _NEW_AWAITED.run(connection, row)


def _await_ended(connection: Connection, where: Where, event: events.MessageAwaitEnded) -> None:
    _NO_AWAITED.run(connection, {"key": event.task_key})


def _instance_ended(status: str) -> Callable[[Connection, Where, Any], None]:
    def handle(connection: Connection, where: Where, event: Any) -> None:
        row = {"key": where.instance_key, "status": status, "ended_at": where.at}
        _ENDED.run(connection, row)
        instance_closed(connection, where)

    return handle


_HANDLERS: dict[type, Callable[[Connection, Where, Any], None]] = {
    events.UserTaskCreated: task_created,
    events.UserTaskReserved: task_reserved,
    events.UserTaskRescheduled: task_moved,
    events.UserTaskCompleted: task_ended("completed"),
    events.UserTaskCancelled: task_ended("cancelled"),
    events.TimerScheduled: _timer_scheduled,
    events.TimerRescheduled: _timer_moved,
    events.TimerEnded: _timer_ended,
    events.MessageAwaited: _awaited,
    events.MessageAwaitEnded: _await_ended,
    events.FactsSet: facts_set,
    events.ParticipantAssigned: participant_assigned,
    events.InstanceCompleted: _instance_ended("completed"),
    events.InstanceCancelled: _instance_ended("cancelled"),
}
# What may change when the first of a project's open tasks is due.
_WITH_LIMITS = (
    events.UserTaskCreated,
    events.UserTaskRescheduled,
    events.UserTaskCompleted,
    events.UserTaskCancelled,
)
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
    events.InstanceReturned,
    events.InstanceMigrated,
)
