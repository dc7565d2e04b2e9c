"""Rows of the inbox: tasks that open, are claimed, released and ended."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import (
    Connection,
    bindparam,
    delete,
    exists,
    func,
    insert,
    literal,
    select,
    tuple_,
    update,
)

from service.model import events
from service.store import tables as t
from service.store.prepared import Prepared
from service.store.where import Where

_THIS = t.task.c.task_key == bindparam("key")
_UNIT = (
    select(t.participant.c.unit_id)
    .where(
        t.participant.c.project_key == bindparam("of_project"),
        t.participant.c.group_id == bindparam("of_group"),
    )
    .scalar_subquery()
)
_CREATED = Prepared(
    insert(t.task).values(
        unit_id=func.coalesce(bindparam("of_unit", type_=t.Id), _UNIT), status="open"
    ),
    "task_key", "instance_key", "project_key", "process_id", "element_id", "group_id", "member",
    "created_at", "due_at", "order_at",
)  # fmt: skip
_ENDED = Prepared(
    update(t.task).where(_THIS), "status", "ended_at", "ended_by", "ended_by_name", "ended_for"
)
_CLAIMED = Prepared(update(t.task).where(_THIS), "assignee", "assignee_name", "claimed_at")
_MOVED = Prepared(update(t.task).where(_THIS), "due_at", "order_at")
_HANDED = Prepared(
    update(t.task).where(_THIS),
    "assignee", "assignee_name", "claimed_at", "entrusted_by", "entrusted_by_name",
)  # fmt: skip
_CLOSED = Prepared(
    update(t.consultation)
    .where(t.consultation.c.task_key == bindparam("key"), t.consultation.c.status == "open")
    .values(status="closed")
)
_LATER = t.task.alias("later")
_INSTANCE_CLOSED = Prepared(
    update(t.task).where(
        t.task.c.instance_key == bindparam("key"),
        t.task.c.status == "completed",
        ~exists().where(
            _LATER.c.instance_key == t.task.c.instance_key,
            _LATER.c.ended_by == t.task.c.ended_by,
            _LATER.c.status == "completed",
            tuple_(_LATER.c.ended_at, _LATER.c.task_key)
            > tuple_(t.task.c.ended_at, t.task.c.task_key),
        ),
    ),
    "closed_at",
)
_FIRST = func.coalesce(
    select(func.min(t.task.c.due_at))
    .where(t.task.c.project_key == bindparam("key"), t.task.c.status == "open")
    .scalar_subquery(),
    literal(t.NO_DUE, t.UtcDateTime()),
)
_FIRST_DUE = Prepared(
    update(t.project)
    .where(t.project.c.project_key == bindparam("key"), t.project.c.order_at != _FIRST)
    .values(order_at=_FIRST)
)
_RESERVED = Prepared(update(t.task).where(_THIS), "person")
_NO_DRAFT = Prepared(delete(t.draft).where(t.draft.c.task_key == bindparam("key")))


def task_created(connection: Connection, where: Where, event: events.UserTaskCreated) -> None:
    """A task is open for a group: in the unit that it names, else the one that the project means."""
    row = {
        "task_key": event.task_key,
        "instance_key": where.instance_key,
        "project_key": where.project_key,
        "process_id": event.process_id,
        "element_id": event.element_id,
        "group_id": event.group_id,
        "of_project": where.project_key,
        "of_group": event.group_id,
        "of_unit": event.unit,
        "member": event.member,
        "created_at": where.at,
        "due_at": event.due,
        "order_at": event.due or t.NO_DUE,
    }
    _CREATED.run(connection, row)


def task_moved(connection: Connection, where: Where, event: events.UserTaskRescheduled) -> None:
    """The task has another time limit."""
    _MOVED.run(connection, {"key": event.task_key, "due_at": event.due, "order_at": event.due})


def first_due(connection: Connection, project_key: str) -> None:
    """The project knows when the first of its open tasks is due."""
    _FIRST_DUE.run(connection, {"key": project_key})


def task_reserved(connection: Connection, where: Where, event: events.UserTaskReserved) -> None:
    """Only one person may act on the task."""
    _RESERVED.run(connection, {"key": event.task_key, "person": event.person})


def task_ended(status: str) -> Callable[[Connection, Where, Any], None]:
    """A projection that ends tasks as `completed` or `cancelled`, by the person of the act."""

    def handle(connection: Connection, where: Where, event: Any) -> None:
        row = {
            "key": event.task_key,
            "status": status,
            "ended_at": where.at,
            "ended_by": where.account_key,
            "ended_by_name": where.account_name,
            "ended_for": where.principal_key,
        }
        _ENDED.run(connection, row)
        _NO_DRAFT.run(connection, {"key": event.task_key})
        _CLOSED.run(connection, {"key": event.task_key})

    return handle


def instance_closed(connection: Connection, where: Where) -> None:
    """The instance is over: the last task of each person who has done something in it says since when."""
    _INSTANCE_CLOSED.run(connection, {"key": where.instance_key, "closed_at": where.at})


def task_claimed(connection: Connection, where: Where, task_key: str) -> None:
    """The task is the person's own."""
    row = {
        "key": task_key,
        "assignee": where.account_key,
        "assignee_name": where.account_name,
        "claimed_at": where.at,
    }
    _CLAIMED.run(connection, row)


def task_released(connection: Connection, where: Where, task_key: str) -> None:
    """The task is everybody's again."""
    row = {"key": task_key, "assignee": None, "assignee_name": None, "claimed_at": None}
    _CLAIMED.run(connection, row)


def task_handed(
    connection: Connection, where: Where, task_key: str, said: Mapping[str, Any]
) -> None:
    """The task is in another person's hands; `said` as the log has it under `to`.

    With `entrusted`, it is the person of the act who gets it back.
    """
    entrusted = bool(said.get("entrusted"))
    row = {
        "key": task_key,
        "assignee": said["account_key"],
        "assignee_name": said["name"],
        "claimed_at": where.at,
        "entrusted_by": where.account_key if entrusted else None,
        "entrusted_by_name": where.account_name if entrusted else None,
    }
    _HANDED.run(connection, row)
