"""Which projects the ledger is asked for, as conditions on their rows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    exists,
)

from service.model.actor import Actor
from service.queries.matching import projects_with
from service.regulation.dates import start_of_day
from service.store import tables as t
from service.store.sight import visible


@dataclass(frozen=True)
class Filters:
    """What is asked for. `year`: of the project's beginning; `least`, `most`: yuan of the listed amount;
    `choices`: values of choice facts by name; `overdue`: only projects with an overdue task; `order`: the
    column to sort by, with `-` from the greatest down (`queries/ledger_orders.py`).
    """

    search: str = ""
    unit_id: str = ""
    status: str = ""
    year: int | None = None
    least: Decimal | None = None
    most: Decimal | None = None
    choices: Mapping[str, str] = field(default_factory=dict)
    overdue: bool = False
    order: str = ""


def conditions(
    connection: Connection, actor: Actor, filters: Filters, listed: str, now: datetime
) -> list[ColumnElement[bool]]:
    """Conditions on `project` for what the actor may see and asks for; `listed`: the amount that lists show."""
    p = t.project.c
    found = [visible(actor), *projects_with(connection, filters.search)]
    if filters.unit_id:
        found.append(p.unit_id == filters.unit_id)
    if filters.status:
        found.append(p.status == filters.status)
    if filters.year:
        found.append(and_(*within(p.created_at, filters.year, 1, 12)))
    for name, value in filters.choices.items():
        said = json.dumps({name: value}, ensure_ascii=False, separators=(",", ":"))[1:-1]
        found.append(p.facts.contains(said, autoescape=True))
    if filters.least is not None or filters.most is not None:
        found.append(_amount_within(listed, filters.least, filters.most))
    if filters.overdue:
        found.append(p.order_at < now)
    return found


def within(
    column: Any, year: int, first_month: int, last_month: int
) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """From the beginning of a month to the end of another, in the county's time."""
    begin = start_of_day(date(year, first_month, 1))
    next_year, next_month = (year + 1, 1) if last_month == 12 else (year, last_month + 1)
    return column >= begin, column < start_of_day(date(next_year, next_month, 1))


def _amount_within(listed: str, least: Decimal | None, most: Decimal | None) -> ColumnElement[bool]:
    a = t.project_amount.c
    bounds = [a.project_key == t.project.c.project_key, a.name == listed]
    if least is not None:
        bounds.append(a.fen >= int(least.scaleb(2)))
    if most is not None:
        bounds.append(a.fen <= int(most.scaleb(2)))
    return exists().where(*bounds)
