"""转办: give a task to another person who may do it, for good, with a reason."""

from __future__ import annotations

import dataclasses
from datetime import datetime

from sqlalchemy import Connection

from service.commands._advance import Act
from service.commands._duties import check_duties
from service.commands._going_back import checked_reason
from service.commands._idempotency import once
from service.commands._person import person_body, person_named
from service.commands._task import OpenTask, log_act, take_task
from service.model.access import is_candidate
from service.model.actor import Actor
from service.model.errors import NotAllowed, Refused
from service.store.worklist import task_handed


def transfer_task(
    connection: Connection,
    actor: Actor,
    task_key: str,
    to: str,
    *,
    reason: str,
    now: datetime,
    idempotency_key: str | None = None,
) -> None:
    """The task is the other's own. Raises as `take_task`; NotAllowed when the other may not do it (his
    groups, his unit, four eyes), Refused without a reason.
    """

    def carry_out() -> dict[str, str]:
        _hand(connection, actor, task_key, to, reason, now)
        return {"task_key": task_key}

    request = {"transfer": task_key, "to": to, "reason": reason}
    once(connection, actor, idempotency_key, request, now, carry_out)


def _hand(
    connection: Connection, actor: Actor, task_key: str, to: str, reason: str, now: datetime
) -> None:
    task = take_task(connection, actor, task_key)
    person = person_named(connection, actor, to)
    check_receiver(connection, task, person)
    said = {**person_body(person), "entrusted": False}
    about = {"to": said, "reason": checked_reason(reason, wanted="转办理由")}
    act = Act(task.actor, "transfer_task", now, about)
    log_act(connection, task, act)
    task_handed(connection, act.where(task.locked), task_key, said)


def check_receiver(connection: Connection, task: OpenTask, person: Actor) -> None:
    """Raise NotAllowed when a person may not do the task: it is another unit's, or four eyes forbid."""
    row = task.row
    if row.person is not None:
        raise Refused(f"“{task.element.name}”按流程图只由本人办理，不能交给别人。")
    group = task.locked.definition.groups.groups.get(row.group_id)
    bound = group is not None and group.unit_id is None
    if not is_candidate(person, row.group_id, row.unit_id, project_bound=bound):
        raise NotAllowed(
            f"{person.name}（{person.unit_name}）没有办理“{task.element.name}”的权限，请选择本环节的人员。"
        )
    check_duties(connection, person, dataclasses.replace(task, actor=person))
