"""Which projects a person may see."""

from __future__ import annotations

from sqlalchemy import ColumnElement, exists, false, or_, true

from service.model.actor import Actor
from service.store import tables as t


def visible(actor: Actor) -> ColumnElement[bool]:
    """A unit sees projects in which it takes part; units of the county's own groups see all."""
    mine = exists().where(
        t.participant.c.project_key == t.project.c.project_key,
        t.participant.c.unit_id == actor.unit_id,
    )
    if actor.role:
        return false()  # administration is not business
    return true() if sees_all(actor) else or_(t.project.c.unit_id == actor.unit_id, mine)


def sees_all(actor: Actor) -> bool:
    """Whether the actor's unit is one of the county's own (its id is a group's id)."""
    return actor.unit_id in actor.groups
