"""台账: the county's projects by unit, state, year, amount; their sums in yuan; how they spread."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    case,
    func,
    select,
)

from service.definitions import in_force, newest_definition
from service.engine import Definition
from service.model.actor import Actor
from service.queries.holders import holder_name
from service.queries.ledger_filters import Filters, conditions, within
from service.queries.ledger_orders import order_of_ledger
from service.queries.ledger_rows import LedgerRow, rows_of
from service.regulation.dates import local_date, start_of_day
from service.regulation.facts import Fact, listed_fact
from service.store import tables as t
from service.store.among import among
from service.store.register import unit_names
from service.store.sight import sees_all, visible

FEW = 200  # projects
NEAR = 3  # working days from which a task is near its end (look.md)


@dataclass(frozen=True)
class Share:
    """A part of the projects: `key` for asking for it, how many, and their listed amount in yuan."""

    key: str
    name: str
    count: int
    yuan: Decimal


@dataclass(frozen=True)
class Held:
    """Open tasks of these projects in the hands of a unit: overdue, due within three working days."""

    name: str
    late: int
    near: int


@dataclass(frozen=True)
class Ledger:
    """A page of rows (`after` asks for the next) and figures over all that the filters let through.

    `sums` in yuan by fact; `by_month`: the twelve months of the year asked for, else none.
    """

    rows: list[LedgerRow]
    after: str | None
    count: int
    overdue: int
    amounts: list[Fact]
    sums: dict[str, Decimal]
    by_status: list[Share]
    by_unit: list[Share]
    by_month: list[Share]
    holding: list[Held]


def ledger(
    connection: Connection,
    actor: Actor,
    filters: Filters,
    *,
    now: datetime,
    after: str = "",
    limit: int | None = 50,
) -> Ledger:
    """Projects that the actor may see, newest number first unless the filters say another order.

    `after`: the cursor of the page before. Raises BadInput for a broken one, and for an order that is none.
    """
    definition = newest_definition(connection)
    facts = definition.facts
    listed = listed_fact(facts)
    amounts = [fact for fact in facts.values() if fact.kind == "money"]
    order = order_of_ledger(filters.order, amounts)
    found = conditions(connection, actor, filters, listed, now)
    narrow = len(found) > 1 or not sees_all(actor)
    if filters.search or filters.choices:
        found = _by_key(connection, found)
    query = select(t.project).where(*found)
    rows = order.first(connection, query, after, None if limit is None else limit + 1)
    more = limit is not None and len(rows) > limit
    rows = rows[:limit]
    chosen = query.subquery()
    names = unit_names(connection)
    spread = _spread(connection, chosen, listed)
    return Ledger(
        rows_of(connection, rows, [fact.id for fact in amounts]),
        order.after(rows[-1]) if more else None,
        sum(one.count for one in spread),
        connection.execute(_late(found, now)).scalar_one(),
        amounts,
        _sums(connection, chosen if narrow else None, [fact.id for fact in amounts]),
        _shares(spread, "status", {"": "已建档"}),
        _shares(spread, "unit_id", names),
        _months(connection, chosen, listed, filters.year) if filters.year else [],
        _held(connection, found if narrow else None, definition, names, now),
    )


def _by_key(connection: Connection, found: list[ColumnElement[bool]]) -> list[ColumnElement[bool]]:
    """What no index finds, searched for once: few projects by their keys, so that figures need not search again."""
    few = list(
        connection.execute(select(t.project.c.project_key).where(*found).limit(FEW + 1)).scalars()
    )
    return found if len(few) > FEW else [among(t.project.c.project_key, few)]


def _late(found: list[ColumnElement[bool]], now: datetime) -> Select[Any]:
    """How many projects have an overdue task."""
    return select(func.count()).select_from(t.project).where(t.project.c.order_at < now, *found)


def years(connection: Connection, actor: Actor) -> list[int]:
    """The years in which projects began that the actor may see, newest first."""
    at = t.project.c.created_at
    first, last = (  # one by one: a database then looks only at the end of an index
        connection.execute(select(end(at)).where(visible(actor))).scalar_one()
        for end in (func.min, func.max)
    )
    return list(range(last.year, first.year - 1, -1)) if first else []


def statuses(connection: Connection, actor: Actor) -> list[str]:
    """The states in which projects stand that the actor may see."""
    query = select(t.project.c.status).where(visible(actor)).distinct()
    return sorted(filter(None, connection.execute(query).scalars()))


def _sums(connection: Connection, chosen: Any | None, names: list[str]) -> dict[str, Decimal]:
    """Of the chosen projects, or of all, which the index alone tells."""
    a = t.project_amount.c
    query = select(a.name, func.sum(a.fen)).where(a.name.in_(names)).group_by(a.name)
    if chosen is not None:
        query = query.join(chosen, chosen.c.project_key == a.project_key)
    found = {name: _yuan(fen) for name, fen in connection.execute(query)}
    return {name: found.get(name, Decimal(0)) for name in names}


@dataclass(frozen=True)
class _Spread:
    """How many projects stand in a state for a unit, with their listed amount in fen."""

    status: str
    unit_id: str
    count: int
    fen: int


def _spread(connection: Connection, chosen: Any, listed: str) -> list[_Spread]:
    """All that shares are made of, in one reading."""
    a = t.project_amount
    same = (a.c.project_key == chosen.c.project_key) & (a.c.name == listed)
    by = chosen.c.status, chosen.c.unit_id
    query = select(*by, func.count(), func.coalesce(func.sum(a.c.fen), 0))
    rows = connection.execute(query.select_from(chosen.outerjoin(a, same)).group_by(*by))
    return [_Spread(status, unit, count, int(fen)) for status, unit, count, fen in rows]


def _shares(spread: list[_Spread], by: str, names: Mapping[str, str]) -> list[Share]:
    """By `status` or `unit_id`, the greatest first."""
    found: dict[str, tuple[int, int]] = {}
    for one in spread:
        key = str(getattr(one, by))
        count, fen = found.get(key, (0, 0))
        found[key] = count + one.count, fen + one.fen
    shares = [Share(k, names.get(k, k), count, _yuan(fen)) for k, (count, fen) in found.items()]
    return sorted(shares, key=lambda share: (-share.count, share.key))


def _months(connection: Connection, chosen: Any, listed: str, year: int) -> list[Share]:
    """The twelve months of a year, in one reading."""
    a = t.project_amount
    same = (a.c.project_key == chosen.c.project_key) & (a.c.name == listed)
    month = case(
        *(
            (and_(*within(chosen.c.created_at, year, number, number)), number)
            for number in range(1, 13)
        )
    )
    query = select(month, func.count(), func.coalesce(func.sum(a.c.fen), 0)).group_by(month)
    rows = connection.execute(query.select_from(chosen.outerjoin(a, same)))
    found = {number: (count, fen) for number, count, fen in rows}
    return [
        Share(str(n), f"{n}月", found.get(n, (0, 0))[0], _yuan(found.get(n, (0, 0))[1]))
        for n in range(1, 13)
    ]


def _held(
    connection: Connection,
    chosen: list[ColumnElement[bool]] | None,
    definition: Definition,
    names: dict[str, str],
    now: datetime,
) -> list[Held]:
    """By unit, who has most overdue first; `chosen`: conditions on projects, None for all."""
    task, count = t.task.c, func.count
    soon = start_of_day(
        in_force(connection, definition, now).calendar.working_days_after(local_date(now), NEAR)
    ) + timedelta(days=1)
    query = (
        select(task.group_id, task.unit_id, count(), count(case((task.order_at < now, 1))))
        .where(task.project_key.is_not(None), task.status == "open", task.order_at < soon)
        .group_by(task.group_id, task.unit_id)
    )
    if chosen is not None:
        due = select(t.project.c.project_key).where(t.project.c.order_at < soon, *chosen)
        query = query.where(task.project_key.in_(due))
    found: dict[str, Held] = {}
    for group_id, unit_id, due_soon, late in connection.execute(query):
        name = holder_name(definition, names, group_id, unit_id)
        old = found.get(name, Held(name, 0, 0))
        found[name] = Held(name, old.late + late, old.near + due_soon - late)
    return sorted(found.values(), key=lambda h: (-h.late, -h.near, h.name))


def _yuan(fen: Any) -> Decimal:
    return Decimal(int(fen)).scaleb(-2)
