"""People to choose from: who may take a task over, and whom one can ask or tell."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from service.engine import Definition
from service.model.access import is_candidate
from service.model.actor import Actor
from service.store import tables as t
from service.store.register import actors


def who_may_take(
    connection: Connection, definition: Definition, actor: Actor, row: Any
) -> list[Actor]:
    """Other people who may do the task `row`; none when it is kept for one person."""
    if row.person is not None:
        return []
    group = definition.groups.groups.get(row.group_id)
    bound = group is not None and group.unit_id is None
    return [
        person
        for person in everybody(connection, actor)
        if is_candidate(person, row.group_id, row.unit_id, project_bound=bound)
    ]


def everybody(connection: Connection, actor: Actor) -> list[Actor]:
    """All active people of business but the actor, by unit and name."""
    found = actors(connection, t.account.c.disabled.is_(False))
    found.sort(key=lambda one: (one[0].unit_spelling, one[0].spelling))
    return [a for _, a in found if not a.role and a.account_key != actor.account_key]
