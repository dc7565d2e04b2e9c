"""Which tasks are in which box, in order: one index range for each group of a person.

A condition over several groups at once would make the database read and sort all of them; ranges of
`ix_task_inbox` are each read only as far as the page needs, and merged.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
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
    union_all,
)

from service.definitions import newest_definition
from service.model.actor import Actor, StandIn
from service.queries.box_orders import Order, order_of
from service.queries.by_project import Placed, first_by_project
from service.queries.cursor import after_row
from service.store import tables as t
from service.store.agency import entrusted

BOXES = ("todo", "unit", "done")
CAP = 100
_KEY = t.task.c.task_key


def keys_of_box(
    connection: Connection,
    actor: Actor,
    box: str,
    order: Order,
    *,
    limit: int,
    after: str | None = None,
    asked: Sequence[ColumnElement[bool]] = (),
) -> Select[Any]:
    """(task_key, at) of at most `limit` tasks behind the cursor `after`, `at` being their place in the order,
    which is none by project.

    `asked`: further conditions on the tasks. Raises BadInput for a broken cursor.
    """
    parts = _parts(connection, actor, box)
    if not parts:
        return select(_KEY, t.task.c.order_at.label("at")).where(literal(False))
    at = order.place(t.task)
    if order.by == "list":  # all at once, read once
        query = select(_KEY, at.label("at")).where(or_(*parts), *asked)
        query = query.outerjoin(t.account, t.account.c.account_key == t.task.c.assignee)
        behind = order.behind(after, at, _KEY)
        return query.where(*behind).order_by(*order.sorted(at, _KEY)).limit(limit)
    ranges = [_in_order(and_(part, *asked), at, order, limit, after) for part in parts]
    if len(ranges) == 1:
        return ranges[0]
    merged = union_all(*(select(r.subquery()) for r in ranges)).subquery()
    return select(merged).order_by(*order.sorted(merged.c.at, merged.c.task_key)).limit(limit)


def first_of_box(
    connection: Connection,
    actor: Actor,
    box: str,
    order: Order,
    *,
    limit: int,
    after: str | None = None,
    asked: Sequence[ColumnElement[bool]] = (),
) -> list[Placed]:
    """At most `limit` tasks behind a cursor, in any order. Raises BadInput for a broken cursor."""
    if order.by != "project":
        query = keys_of_box(connection, actor, box, order, limit=limit, after=after, asked=asked)
        return [
            Placed(row.task_key, after_row(row.at, row.task_key, order.name))
            for row in connection.execute(query)
        ]
    parts = _parts(connection, actor, box)
    rows = select(_KEY, t.task.c.project_key).where(or_(*parts, literal(False)), *asked)
    return first_by_project(connection, rows, order.name, limit, after)


def _parts(connection: Connection, actor: Actor, box: str) -> list[ColumnElement[bool]]:
    return [_done(actor)] if box == "done" else _groups(connection, actor, mine=box == "todo")


def counts(connection: Connection, actor: Actor, boxes: Sequence[str] = BOXES) -> dict[str, int]:
    """How many there are in each box, at most `CAP` (shown as 99+)."""
    found = {}
    for box in boxes:
        keys = keys_of_box(connection, actor, box, order_of(box, ""), limit=CAP).subquery()
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
    order: Order,
    limit: int,
    after: str | None,
) -> Select[Any]:
    """A range in the order of its index, read only as far as the page needs."""
    query = select(_KEY, at.label("at")).where(where, *order.behind(after, at, _KEY))
    # within a range the unit is one; PostgreSQL sees only so that the index is in this order
    unit = [] if at is t.task.c.ended_at else order.sorted(t.task.c.unit_id)
    return query.order_by(*unit, *order.sorted(at, _KEY)).limit(limit)
