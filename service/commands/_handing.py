"""A task goes into the hands of another who may do it."""

from __future__ import annotations

import dataclasses
from datetime import datetime

from sqlalchemy import Connection

from service.commands._advance import Act
from service.commands._duties import check_duties
from service.commands._going_back import checked_reason
from service.commands._person import person_body, person_named
from service.commands._task import OpenTask, log_act
from service.model.access import is_candidate
from service.model.actor import Actor
from service.model.errors import NotAllowed, Refused
from service.store.worklist import task_handed


@dataclasses.dataclass(frozen=True)
class Handing:
    """The act as the log names it, what its reason is called, and whether the task comes back (委托办理)."""

    act: str
    wanted: str
    entrusted: bool


def hand_over(
    connection: Connection, task: OpenTask, to: str, reason: str, how: Handing, *, now: datetime
) -> None:
    """The person `to` (an account) has the task. Raises NotAllowed when he may not do it (his groups, his unit,
    four eyes), Refused without a reason.
    """
    person = person_named(connection, task.actor, to)
    check_receiver(connection, task, person)
    said = {**person_body(person), "entrusted": how.entrusted}
    about = {"to": said, "reason": checked_reason(reason, wanted=how.wanted)}
    act = Act(task.actor, how.act, now, about)
    log_act(connection, task, act)
    task_handed(connection, act.where(task.locked), task.row.task_key, said)


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
