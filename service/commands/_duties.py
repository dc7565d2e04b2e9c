"""Four eyes: nobody completes two of 申请, 审核, 审定 on one project, nor speaks for two units.

Which task is which says the diagram (`duty`); this module knows only that duties exclude each other. The
project is held by the caller, so that two acts of one person cannot pass each other.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, bindparam, or_, select

from service.commands._task import OpenTask
from service.definitions import definition_of
from service.engine import Definition
from service.engine.elements import DUTIES
from service.model.actor import Actor
from service.model.errors import NotAllowed, Reason
from service.regulation.dates import SHANGHAI
from service.store import tables as t

_DONE = (
    select(t.task, t.instance.c.digest)
    .join(t.instance, t.instance.c.instance_key == t.task.c.instance_key)
    .where(
        t.task.c.status == "completed",
        or_(t.task.c.ended_by == bindparam("person"), t.task.c.ended_for == bindparam("person")),
    )
    .order_by(t.task.c.ended_at, t.task.c.task_key)
)
_IN_PROJECT = _DONE.where(t.task.c.project_key == bindparam("place"))
_IN_INSTANCE = _DONE.where(t.task.c.instance_key == bindparam("place"))


def check_duties(connection: Connection, actor: Actor, task: OpenTask) -> None:
    """Raise NotAllowed when the actor, or the person he stands in for, has had another part in the project.

    An instance of no project counts by itself.
    """
    duty = task.element.duty
    if duty is None:
        return
    locked = task.locked
    query = _IN_PROJECT if locked.project_key else _IN_INSTANCE
    for person, name in _persons(actor):
        asked = {"place": locked.project_key or locked.instance_key, "person": person}
        for row in connection.execute(query, asked).all():
            words = _conflict(definition_of(connection, row.digest), row, task)
            if words:
                said = f"{name}{words}"
                raise NotAllowed(said, reasons=(Reason(said, task.element.articles),))


def _persons(actor: Actor) -> list[tuple[str, str]]:
    """Whose acts count: the actor's own, and those of the person for whom he acts."""
    found = [(actor.account_key, actor.name)]
    principal = actor.on_behalf_of
    if principal and principal.account_key:
        found.append((principal.account_key, principal.name))
    return found


def _conflict(definition: Definition, row: Any, task: OpenTask) -> str | None:
    done, now = definition.element(row.process_id, row.element_id), task.element
    if done.duty is None:
        return None
    when = f"{row.ended_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    did = f"已于 {when} 在本项目办理“{done.name}”（{DUTIES[done.duty]}）"
    assert now.duty
    if done.duty != now.duty:
        return (
            f"{did}，不能再办理“{now.name}”（{DUTIES[now.duty]}）："
            "同一项目的申请、审核、审定须由不同人员办理，请转由其他人员办理。"
        )
    if _unit(definition, row) != _unit(task.locked.definition, task.row):
        return f"{did}，不能再代表另一单位办理“{now.name}”：各单位的意见须由不同人员出具，请转由其他人员办理。"
    return None


def _unit(definition: Definition, row: Any) -> str:
    """The unit for which a task is: of the project, else of the county's group."""
    group = definition.groups.groups.get(row.group_id)
    return row.unit_id or (group.unit_id if group else None) or row.group_id
