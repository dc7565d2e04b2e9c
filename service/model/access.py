"""Who may do what with a task: pure predicates."""

from __future__ import annotations

from typing import Any

from service.model.actor import Actor


def is_candidate(
    actor: Actor,
    group_id: str,
    unit_id: str | None,
    *,
    project_bound: bool,
    person: str | None = None,
) -> bool:
    """Whether a task of this group (of this unit, when the project has bound it) is for the actor.

    A group that a project binds to a unit gives nobody rights before the project has said which. A task
    kept for one `person` (a login) is nobody else's. An office of administration has no tasks.
    """
    if actor.role or group_id not in actor.groups or person not in (None, actor.login):
        return False
    return actor.unit_id == unit_id if project_bound else unit_id in (None, actor.unit_id)


def may_work_on(actor: Actor, assignee: str | None) -> bool:
    """Whether a candidate may complete: nobody has claimed it, or he has."""
    return assignee in (None, actor.account_key)


def person_away(actor: Actor, row: Any, process_id: str, *, bound: bool) -> Actor | None:
    """The person for whom the actor stands in and whose task `row` is; `process_id`: of its instance."""
    for stand_in in actor.stands_in_for:
        person = stand_in.principal
        if stand_in.process_id in (None, process_id) and is_candidate(
            person, row.group_id, row.unit_id, project_bound=bound, person=row.person
        ):
            return person
    return None


def holder_away(actor: Actor, assignee: str | None, process_id: str) -> Actor | None:
    """The person for whom the actor stands in and who has claimed the task."""
    for stand_in in actor.stands_in_for:
        if stand_in.process_id in (None, process_id) and stand_in.principal.account_key == assignee:
            return stand_in.principal
    return None
