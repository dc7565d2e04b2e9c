"""An open task, its instance locked, and the right to it checked."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, literal, select

from service.commands._advance import Act, actor_body
from service.commands._locked import Locked
from service.definitions import definition_of
from service.engine import Element
from service.model.access import holder_away, is_candidate, may_work_on, person_away
from service.model.actor import Actor
from service.model.errors import Conflict, NotAllowed, NotFound
from service.regulation.dates import SHANGHAI
from service.store import history
from service.store import tables as t
from service.store.agency import principal_of
from service.store.facts import facts_from
from service.store.prepared import Prepared

_THIS = t.task.c.task_key == bindparam("key")
_ITS_PROJECT = select(t.task.c.project_key).where(_THIS).scalar_subquery()
# holds the project; on SQLite the transaction holds the whole database already
_HOLD = Prepared(
    select(t.project.c.project_key).where(t.project.c.project_key == _ITS_PROJECT).with_for_update()
)
# a statement of its own, so that it sees what the one who held the project before has written
_TASK = (
    select(
        t.task,
        t.instance.c.process_id.label("of_process"),
        t.instance.c.digest,
        t.instance.c.state,
        t.instance.c.seq,
    )
    .join(t.instance, t.instance.c.instance_key == t.task.c.instance_key)
    .where(_THIS)
)
_IN_PROJECT = Prepared(
    _TASK.add_columns(t.project.c.facts).join(
        t.project, t.project.c.project_key == t.task.c.project_key
    )
)
_BY_ITSELF = Prepared(
    _TASK.add_columns(literal("{}").label("facts"))
    .where(t.task.c.project_key.is_(None))
    .with_for_update()
)


@dataclass(frozen=True)
class OpenTask:
    """A task that `actor` may work on (perhaps for another unit), in an instance that this transaction holds."""

    task_key: str
    actor: Actor
    row: Any
    locked: Locked
    element: Element


def take_task(connection: Connection, actor: Actor, task_key: str) -> OpenTask:
    """Lock, re-read and check.

    Raises NotFound for a task that is not the actor's, Conflict when somebody has ended it (naming him
    and the time), NotAllowed when a colleague has claimed it.
    """
    row = _held(connection, task_key)
    if row is None:
        raise NotFound("没有这项待办。")
    locked = Locked(
        row.instance_key,
        row.of_process,
        row.project_key,
        definition_of(connection, row.digest),
        bytes(row.state),
        row.seq,
        facts_from(row.facts),
    )
    group = locked.definition.groups.groups.get(row.group_id)
    bound = group is not None and group.unit_id is None
    element = locked.definition.element(row.process_id, row.element_id)
    if not is_candidate(actor, row.group_id, row.unit_id, project_bound=bound, person=row.person):
        absent = person_away(actor, row, row.of_process, bound=bound)
        actor = (
            actor.standing_in(absent)
            if absent
            else _as_agent(connection, actor, locked, row, element)
        )
    if row.status != "open":
        raise Conflict(ended_words(row))
    if row.assignee != actor.account_key and actor.on_behalf_of is None:
        holder = holder_away(actor, row.assignee, row.of_process)
        actor = actor.standing_in(holder) if holder else actor
    away = actor.on_behalf_of.account_key if actor.on_behalf_of else None
    if (
        not may_work_on(actor, row.assignee)
        and row.assignee != away
        and row.entrusted_by != actor.account_key
    ):
        raise NotAllowed(f"这项任务已由{row.assignee_name}签收，请与其联系。")
    return OpenTask(task_key, actor, row, locked, element)


def _held(connection: Connection, task_key: str) -> Any | None:
    """The task's row with its instance's and its project's facts, all held until the transaction ends."""
    this = {"key": task_key}
    if connection.dialect.name != "sqlite":
        _HOLD.run(connection, this)
    return _IN_PROJECT.first(connection, this) or _BY_ITSELF.first(connection, this)


def _as_agent(
    connection: Connection, actor: Actor, locked: Locked, row: Any, element: Element
) -> Actor:
    """The actor, acting for the unit that has entrusted his. Raises NotFound, NotAllowed."""
    principal = principal_of(
        connection,
        locked.definition.groups.groups,
        actor,
        project_key=row.project_key,
        group_id=row.group_id,
        unit_id=row.unit_id,
    )
    if principal is None or row.person is not None:
        raise NotFound("没有这项待办。")
    if element.properties.get("agent") == "no":
        raise NotAllowed(
            f"“{element.name}”由{principal.unit_name}自己承担，受托单位不能代办，请转告{principal.unit_name}。"
        )
    return dataclasses.replace(actor, on_behalf_of=principal)


def ended_words(row: Any) -> str:
    """Who ended a task and when, for the one who came late."""
    when = f"{row.ended_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if row.ended_at else ""
    how = "办理" if row.status == "completed" else "取消"
    return (
        f"这项任务已由{row.ended_by_name or '系统'}于 {when} {how}，您的内容没有提交，请刷新待办。"
    )


def log_act(connection: Connection, task: OpenTask, act: Act) -> None:
    """Write an act on a task that gives the engine no input (claim, release) into the log."""
    history.append(
        connection,
        at=act.now,
        act=act.name,
        instance_key=task.locked.instance_key,
        project_key=task.locked.project_key,
        body={
            "actor": actor_body(act.actor),
            "process": task.row.process_id,
            "element": task.element.id,
            "task": task.task_key,
            **act.about,
        },
    )


def log_beside(connection: Connection, locked: Locked, act: Act) -> None:
    """Write an act of somebody who does not hold the task (an answer, a receipt, 催办) into the log."""
    history.append(
        connection,
        at=act.now,
        act=act.name,
        instance_key=locked.instance_key,
        project_key=locked.project_key,
        body={"actor": actor_body(act.actor), "process": locked.process_id, **act.about},
    )
