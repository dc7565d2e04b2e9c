"""Who may do what with a task: pure predicates."""

from __future__ import annotations

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
