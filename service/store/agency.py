"""Acting for another unit by contract (代建): whose tasks a unit may do in a project beside its own."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import ColumnElement, Connection, and_, exists, false, or_

from service.model.actor import Actor, Principal
from service.regulation.groups import Group
from service.store import tables as t
from service.store.facts import unit_for
from service.store.register import unit_names


def principal_of(
    connection: Connection,
    groups: Mapping[str, Group],
    actor: Actor,
    *,
    project_key: str | None,
    group_id: str,
    unit_id: str | None,
) -> Principal | None:
    """The unit for which the actor may do a task of `group_id`, when the project has entrusted his unit."""
    if unit_id is None or unit_id == actor.unit_id:
        return None
    for agent in _agents(groups, actor):
        if agent.acts_for != group_id:
            continue
        if unit_for(connection, project_key, agent.id) == actor.unit_id:
            return Principal(unit_id, unit_names(connection).get(unit_id, unit_id))
    return None


def entrusted(groups: Mapping[str, Group], actor: Actor) -> ColumnElement[bool]:
    """Tasks of other units that the actor's unit is entrusted with."""
    return or_(
        false(),
        *(
            and_(
                t.task.c.group_id == agent.acts_for,
                t.task.c.unit_id != actor.unit_id,
                exists().where(
                    t.participant.c.project_key == t.task.c.project_key,
                    t.participant.c.group_id == agent.id,
                    t.participant.c.unit_id == actor.unit_id,
                ),
            )
            for agent in _agents(groups, actor)
        ),
    )


def _agents(groups: Mapping[str, Group], actor: Actor) -> list[Group]:
    return [groups[g] for g in sorted(actor.groups) if g in groups and groups[g].acts_for]
