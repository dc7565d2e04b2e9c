"""What service tasks may ask for: facts of the register, or a setting put in force, in the same transaction.

An operator knows no regulation: it carries out what the diagram asks. Its answer is recorded as an input.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from service.commands._missing_papers import missing_papers
from service.commands._question import Question
from service.commands._set_setting import set_setting
from service.engine import variables
from service.model.values import from_json
from service.regulation.dates import start_of_day
from service.store import tables as t

Operator = Callable[[Question], dict[str, Any]]


def count_projects(question: Question) -> dict[str, Any]:
    """How many other projects the same unit has, and the status of the project with number `project_no`."""
    connection, project_key, parameters = question.rows
    own = (
        select(t.project.c.unit_id).where(t.project.c.project_key == project_key).scalar_subquery()
    )
    others = connection.execute(
        select(func.count())
        .select_from(t.project)
        .where(t.project.c.unit_id == own, t.project.c.project_key != project_key)
    ).scalar_one()
    status = connection.execute(
        select(t.project.c.status).where(t.project.c.no == str(parameters.get("project_no") or ""))
    ).scalar_one_or_none()
    return {"unit_projects": Decimal(others), "predecessor_status": status or ""}


def is_listed(question: Question) -> dict[str, Any]:
    """Whether `value` stands in list variable `variable` of an ended instance of `process`.

    `lists`: in how many ended instances the variable has been set at all.
    """
    connection, _, parameters = question.rows
    ended = select(t.instance.c.state).where(
        t.instance.c.process_id == str(parameters.get("process")),
        t.instance.c.status == "completed",
    )
    name, value = str(parameters.get("variable")), parameters.get("value")
    found = [variables(bytes(row.state)).get(name) for row in connection.execute(ended)]
    lists = [items for items in found if isinstance(items, list)]
    listed = value is not None and any(value in items for items in lists)
    return {"listed": "yes" if listed else "no", "lists": Decimal(len(lists))}


def sum_notices(question: Question) -> dict[str, Any]:
    """How many notices `name` were kept on the days `from` to `to`, in all projects; the sum of their `field`."""
    connection, _, parameters = question.rows
    first, last = parameters.get("from"), parameters.get("to")
    if not isinstance(first, date) or not isinstance(last, date):
        return {"notices": Decimal(0), "total": Decimal(0)}
    kept = select(t.notice.c.payload).where(
        t.notice.c.name == str(parameters.get("name")),
        t.notice.c.at >= start_of_day(first),
        t.notice.c.at < start_of_day(last + timedelta(days=1)),
    )
    field = str(parameters.get("field"))
    amounts = [from_json(json.loads(row.payload)[field]) for row in connection.execute(kept)]
    return {"notices": Decimal(len(amounts)), "total": sum(amounts, Decimal(0))}


OPERATORS: dict[str, Operator] = {
    "count_projects": count_projects,
    "missing_papers": missing_papers,
    "set_setting": set_setting,
    "is_listed": is_listed,
    "sum_notices": sum_notices,
}
