"""办结 and 我发起的: instances that are over and in which one has done something, and those one has started."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, select

from service.definitions import definition_of, newest_definition
from service.forms import wan
from service.model.actor import Actor
from service.queries.box_orders import Asked, Order, order_of
from service.queries.boxes import CAP
from service.queries.by_project import Placed, first_by_project
from service.queries.cursor import after_row
from service.queries.holders import holder_name
from service.queries.matching import instances_with
from service.regulation.facts import listed_fact
from service.store import tables as t
from service.store.among import among
from service.store.facts import facts_from
from service.store.register import unit_names

INSTANCE_BOXES = ("closed", "started")


@dataclass(frozen=True)
class BoxedInstance:
    """An instance: `status` running, completed or cancelled; `holders` are the units that have its open tasks."""

    instance_key: str
    project_key: str | None
    project_no: str
    project_name: str
    process: str
    unit: str
    amount: str
    status: str
    holders: tuple[str, ...]
    started_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True)
class InstancePage:
    """Rows, and the key to ask for those after them."""

    rows: list[BoxedInstance]
    after: str | None


def instance_box(
    connection: Connection,
    actor: Actor,
    box: str,
    *,
    limit: int = 50,
    after: str | None = None,
    asked: Asked | None = None,
) -> InstancePage:
    """A page of `closed` or `started`, the newest first unless `asked` wants another order.

    Raises BadInput for a broken cursor or an order that the box has not.
    """
    asked = asked or Asked()
    order = order_of(box, asked.order)
    found = instances_with(connection, asked.search)
    first = _first(connection, actor, box, order, found, limit + 1, after)
    shown = first[:limit]
    query = (
        select(
            t.instance.c.instance_key, t.instance.c.process_id, t.instance.c.digest,
            t.instance.c.project_key, t.instance.c.status, t.instance.c.started_at,
            t.instance.c.ended_at, t.project.c.no, t.project.c.name,
            t.project.c.facts, t.project.c.unit_id,
        )
        .join(t.project, t.project.c.project_key == t.instance.c.project_key, isouter=True)
        .where(among(t.instance.c.instance_key, [one.key for one in shown]))
    )  # fmt: skip
    units = unit_names(connection)
    holders = _holding(connection, units, [one.key for one in shown])
    rows = {
        row.instance_key: _row(connection, row, units, holders.get(row.instance_key, ()))
        for row in connection.execute(query)
    }
    after = shown[-1].after if len(first) > limit else None
    return InstancePage([rows[one.key] for one in shown], after)


def instance_counts(connection: Connection, actor: Actor) -> dict[str, int]:
    """How many there are in each of the two boxes, at most `CAP`."""
    found = {}
    for box in INSTANCE_BOXES:
        keys = _mine(actor, box, []).limit(CAP).subquery()
        found[box] = connection.execute(select(func.count()).select_from(keys)).scalar_one()
    return found


def _first(
    connection: Connection,
    actor: Actor,
    box: str,
    order: Order,
    found: list[ColumnElement[bool]],
    limit: int,
    after: str | None,
) -> list[Placed]:
    """At most `limit` instances behind a cursor; by time they stand in the order of an index."""
    rows = _mine(actor, box, found)
    key, project_key, at = rows.selected_columns
    if order.by == "project":
        mine = rows.with_only_columns(key, project_key)
        return first_by_project(connection, mine, order.name, limit, after)
    query = rows.where(*order.behind(after, at.element, key)).order_by(
        *order.sorted(at.element, key)
    )
    return [
        Placed(row.instance_key, after_row(row.at, row.instance_key, order.name))
        for row in connection.execute(query.limit(limit))
    ]


def _mine(actor: Actor, box: str, found: list[ColumnElement[bool]]) -> Select[Any]:
    """(instance_key, project_key, at) of a person's box."""
    if box == "started":
        at = t.instance.c.started_at.label("at")
        return select(t.instance.c.instance_key, t.instance.c.project_key, at).where(
            t.instance.c.started_by == actor.account_key, *found
        )
    closed = t.task.c.closed_at
    return (
        select(t.task.c.instance_key, t.task.c.project_key, closed.label("at"))
        .join(t.instance, t.instance.c.instance_key == t.task.c.instance_key)
        .where(t.task.c.ended_by == actor.account_key, closed.is_not(None), *found)
    )


def _holding(
    connection: Connection, units: dict[str, str], keys: list[str]
) -> dict[str, tuple[str, ...]]:
    definition = newest_definition(connection)
    query = (
        select(t.task.c.instance_key, t.task.c.group_id, t.task.c.unit_id)
        .where(among(t.task.c.instance_key, keys), t.task.c.status == "open")
        .order_by(t.task.c.created_at, t.task.c.task_key)
    )
    found: dict[str, tuple[str, ...]] = {}
    for key, group_id, unit_id in connection.execute(query):
        name = holder_name(definition, units, group_id, unit_id)
        found[key] = tuple(dict.fromkeys((*found.get(key, ()), name)))
    return found


def _row(
    connection: Connection, row: Any, units: dict[str, str], holders: tuple[str, ...]
) -> BoxedInstance:
    definition = definition_of(connection, row.digest)
    process = definition.processes[row.process_id].name
    amount = facts_from(row.facts or "{}").get(listed_fact(definition.facts))
    return BoxedInstance(
        row.instance_key,
        row.project_key,
        row.no or "",
        process if row.project_key is None else row.name or "（未命名项目）",
        process,
        units.get(row.unit_id, ""),
        wan(amount) if isinstance(amount, Decimal) else "—",
        row.status,
        holders,
        row.started_at,
        row.ended_at,
    )
