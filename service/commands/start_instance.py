"""Start a process: a new project, or another instance of one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from service.commands._advance import Act, advance_locked
from service.commands._idempotency import once
from service.commands._locked import lock_project, new_instance
from service.definitions import newest_definition
from service.engine import Definition, Element
from service.model.access import is_candidate
from service.model.actor import Actor
from service.model.errors import NotAllowed, NotFound, Refused
from service.model.inputs import StartInstance
from service.model.keys import new_key
from service.regulation.dates import local_date
from service.store import history
from service.store import tables as t
from service.store.facts import facts_of, project_begun, unit_for


@dataclass(frozen=True)
class Started:
    """The new instance, and its project with number."""

    instance_key: str
    project_key: str | None
    project_no: str | None


def start_instance(
    connection: Connection,
    actor: Actor,
    process_id: str,
    *,
    now: datetime,
    project_key: str | None = None,
    idempotency_key: str | None = None,
) -> Started:
    """Start `process_id` as the newest deployment draws it.

    A process whose start event assigns units begins a new project; others need `project_key`, unless their
    start event says that they may stand alone. Raises NotFound, NotAllowed when the lane is not the actor's.
    """
    request = {"start": process_id, "project": project_key}
    answer = once(
        connection,
        actor,
        idempotency_key,
        request,
        now,
        lambda: _start(connection, actor, process_id, project_key, now),
    )
    return Started(**answer)


def _start(
    connection: Connection, actor: Actor, process_id: str, project_key: str | None, now: datetime
) -> dict[str, Any]:
    definition = newest_definition(connection)
    process = definition.processes.get(process_id)
    if process is None or process_id in definition.called:
        raise NotFound("没有可以发起的这个流程。")
    begins_project = begins_a_project(definition, process_id)
    _check_place(definition, process_id, within=project_key is not None)
    if project_key:
        lock_project(connection, project_key)
    _check_right(connection, definition, actor, process.start, project_key)
    about: dict[str, Any] = {"element": process.start.id}
    if begins_project:
        project_key = new_key("p")
        about["begins"] = _begin_project(connection, actor, project_key, now)
    facts = facts_of(connection, project_key)
    locked = new_instance(definition, process_id, project_key, facts)
    variables = {} if project_key and not begins_project else {"starter_unit": actor.unit_id}
    act = Act(actor, "start_instance", now, about)
    advance_locked(connection, locked, StartInstance(process_id, variables), act)
    return {
        "instance_key": locked.instance_key,
        "project_key": project_key,
        "project_no": facts.get("project_no"),
    }


def begins_a_project(definition: Definition, process_id: str) -> bool:
    """Whether the start event says which units the new project has."""
    return bool(definition.processes[process_id].start.family("assigns"))


def may_stand_alone(definition: Definition, process_id: str) -> bool:
    """Whether an instance may belong to no project."""
    return "project" in definition.processes[process_id].start.properties


def may_stand_within(definition: Definition, process_id: str) -> bool:
    """Whether an instance may be started inside a project."""
    start = definition.processes[process_id].start
    return not start.family("assigns") and start.properties.get("project") != "none"


def _check_place(definition: Definition, process_id: str, *, within: bool) -> None:
    if within and not may_stand_within(definition, process_id):
        new = begins_a_project(definition, process_id)
        raise Refused("这个流程用于新建项目。" if new else "这个流程不在项目里发起。")
    alone = may_stand_alone(definition, process_id) or begins_a_project(definition, process_id)
    if not within and not alone:
        raise Refused("这个流程要在项目里发起。")


def _check_right(
    connection: Connection,
    definition: Definition,
    actor: Actor,
    start: Element,
    project_key: str | None,
) -> None:
    groups = start.starters
    if not any(_may(connection, definition, actor, group, project_key) for group in groups):
        known = definition.groups.groups
        names = "、".join(known[g].name if g in known else g for g in groups)
        raise NotAllowed(f"只有{names}可以发起这个流程。")


def _may(
    connection: Connection,
    definition: Definition,
    actor: Actor,
    group_id: str,
    project_key: str | None,
) -> bool:
    group = definition.groups.groups.get(group_id)
    bound = group is not None and group.unit_id is None and project_key is not None
    unit = unit_for(connection, project_key, group_id) if bound else None
    return is_candidate(actor, group_id, unit, project_bound=bound)


def _begin_project(
    connection: Connection, actor: Actor, project_key: str, now: datetime
) -> dict[str, str]:
    """A new project with the next number of the year; what the log says of it."""
    history.queue_up(connection)  # else two would count the same
    year = local_date(now).year
    count = connection.execute(
        select(func.count()).select_from(t.project).where(t.project.c.no.like(f"{year}-%"))
    ).scalar_one()
    no = f"{year}-{count + 1:04d}"
    project_begun(connection, project_key, no=no, unit_id=actor.unit_id, at=now)
    return {"no": no, "unit": actor.unit_id}
