"""Which tasks are in which box, in order: one index range for each group of a person.

A condition over several groups at once would make the database read and sort all of them; ranges of
`ix_task_inbox` are each read only as far as the page needs, and merged.
"""

from __future__ import annotations

import dataclasses
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    exists,
    func,
    literal,
    or_,
    select,
    true,
    tuple_,
    union_all,
)

from service.definitions import newest_definition
from service.model.actor import Actor, StandIn
from service.queries.cursor import read_cursor
from service.store import tables as t
from service.store.agency import entrusted

BOXES = ("todo", "unit", "done")
CAP = 100
_KEY = t.task.c.task_key


def keys_of_box(
    connection: Connection,
    actor: Actor,
    box: str,
    *,
    limit: int,
    after: str | None = None,
    search: str = "",
) -> Select[Any]:
    """(task_key, at) of at most `limit` tasks behind the cursor `after`, in the order of the box.

    Open tasks by due date, done ones by the time they were done, newest first. `search`: part of the
    name or number of the project. Raises BadInput for a broken cursor.
    """
    if box == "done":
        return _in_order(_done(actor), t.task.c.ended_at, limit, after, search, newest_first=True)
    ranges = [
        _in_order(part, t.task.c.order_at, limit, after, search)
        for part in _groups(connection, actor, mine=box == "todo")
    ]
    if not ranges:
        return select(_KEY, t.task.c.order_at.label("at")).where(literal(False))
    merged = union_all(*(select(r.subquery()) for r in ranges)).subquery()
    return select(merged).order_by(merged.c.at, merged.c.task_key).limit(limit)


def counts(connection: Connection, actor: Actor) -> dict[str, int]:
    """How many there are in each box, at most `CAP` (shown as 99+)."""
    found = {}
    for box in BOXES:
        keys = keys_of_box(connection, actor, box, limit=CAP).subquery()
        found[box] = connection.execute(select(func.count()).select_from(keys)).scalar_one()
    return found


def _done(actor: Actor) -> ColumnElement[bool]:
    return and_(t.task.c.ended_by == actor.account_key, t.task.c.status == "completed")


def _groups(connection: Connection, actor: Actor, *, mine: bool) -> list[ColumnElement[bool]]:
    """A condition for each group: its open tasks of the county, or of projects where it means the actor's unit.

    `mine` leaves out what colleagues have claimed.
    """
    known = newest_definition(connection).groups.groups
    rest = or_(t.task.c.person.is_(None), t.task.c.person == actor.login)
    if mine:
        unclaimed = or_(t.task.c.assignee.is_(None), t.task.c.assignee == actor.account_key)
        rest = and_(rest, unclaimed)
    found = []
    for group in sorted(actor.groups):
        this = and_(t.task.c.status == "open", t.task.c.group_id == group, rest)
        if group not in known or known[group].unit_id is not None:
            found.append(and_(this, t.task.c.unit_id.is_(None)))
        found.append(and_(this, t.task.c.unit_id == actor.unit_id))
    theirs = and_(t.task.c.status == "open", entrusted(known, actor), rest)
    if any(known[g].acts_for for g in actor.groups if g in known):
        units = select(t.task.c.unit_id).where(theirs).distinct().order_by(t.task.c.unit_id)
        found += [
            and_(theirs, t.task.c.unit_id == unit) for unit in connection.execute(units).scalars()
        ]
    for stand_in in actor.stands_in_for:
        found += _of_absent(connection, actor, stand_in, mine=mine)
    return found


def _of_absent(
    connection: Connection, actor: Actor, stand_in: StandIn, *, mine: bool
) -> list[ColumnElement[bool]]:
    """Tasks of a person who is away, his own and those that nobody has claimed, but not what is the actor's
    anyway."""
    person = stand_in.principal
    shared = person.groups & actor.groups if person.unit_id == actor.unit_id else frozenset()
    scope = (
        true()
        if stand_in.process_id is None
        else exists().where(
            t.instance.c.instance_key == t.task.c.instance_key,
            t.instance.c.process_id == stand_in.process_id,
        )
    )
    others = dataclasses.replace(person, groups=person.groups - shared)
    found = _groups(connection, others, mine=mine)
    if shared and mine:  # those that nobody has claimed are the actor's already
        his = and_(
            t.task.c.status == "open",
            t.task.c.assignee == person.account_key,
            t.task.c.group_id.in_(sorted(shared)),
        )
        found += [
            and_(his, t.task.c.unit_id.is_(None)),
            and_(his, t.task.c.unit_id == person.unit_id),
        ]
    return [and_(part, scope) for part in found]


def _in_order(
    where: ColumnElement[bool],
    at: ColumnElement[Any],
    limit: int,
    after: str | None,
    search: str,
    *,
    newest_first: bool = False,
) -> Select[Any]:
    query = select(_KEY, at.label("at")).where(where)
    if after:
        moment, key = read_cursor(after)
        here, there = tuple_(at, _KEY), tuple_(literal(moment, t.UtcDateTime()), literal(key))
        query = query.where(here < there if newest_first else here > there)
    if search:
        like = f"%{search[:60]}%"
        query = query.join(t.project, t.project.c.project_key == t.task.c.project_key).where(
            or_(t.project.c.name.like(like), t.project.c.no.like(like))
        )
    # within a range the unit is one; PostgreSQL sees only so that the index is in this order
    order = (at.desc(), _KEY.desc()) if newest_first else (t.task.c.unit_id, at, _KEY)
    return query.order_by(*order).limit(limit)
