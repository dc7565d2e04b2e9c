"""Projects of one unit, year and sort that are each under a limit and together above it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, select, true

from service.engine import Definition
from service.queries.project_facts import fact_text
from service.queries.questions.declared import Column, Question
from service.queries.questions.split import FEN
from service.queries.questions.table import Answer, Filters, Row, project_names
from service.store import tables as t
from service.store.register import unit_names

COLUMNS: tuple[Column, ...] = (
    ("单位", "text"), ("年度", "text"), ("类别", "text"), ("项目数", "number"), ("合计", "money"),
    ("上限", "money"), ("项目", "text"), ("金额", "money"), ("申报", "date"),
)  # fmt: skip


def limit_of(definition: Definition, question: Question) -> Decimal:
    """The limit in force now, in yuan."""
    value = definition.setting_values[question.given["limit"]]
    assert isinstance(value, Decimal)
    return value


def _groups(definition: Definition, question: Question, filters: Filters) -> Select[Any]:
    """(unit, sort, how many, sum) of what stands together above the limit."""
    n, limit = t.noted.c, int(limit_of(definition, question) * FEN)
    where: ColumnElement[bool] = true()
    if filters.since:
        where &= n.day >= filters.since
    if filters.until:
        where &= n.day <= filters.until
    if filters.unit:
        where &= n.unit_id == filters.unit
    return (
        select(n.unit_id, n.sort, func.count().label("many"), func.sum(n.amount).label("total"))
        .where(n.question == question.id, n.amount <= limit, where)
        .group_by(n.unit_id, n.sort)
        .having(func.count() > 1, func.sum(n.amount) > limit)
    )


def together_count(
    connection: Connection, definition: Definition, question: Question, filters: Filters
) -> int:
    """How many groups there are."""
    found = _groups(definition, question, filters).subquery()
    return int(connection.execute(select(func.count()).select_from(found)).scalar_one())


def together(
    connection: Connection,
    definition: Definition,
    question: Question,
    filters: Filters,
    *,
    limit: int,
    after: str = "",
) -> Answer:
    """The largest sum first; one row for each project of a group."""
    start = int(after) if after.isdecimal() else 0
    n = t.noted.c
    groups = connection.execute(
        _groups(definition, question, filters)
        .order_by(func.sum(n.amount).desc(), n.unit_id, n.sort)
        .limit(limit + 1)
        .offset(start)
    ).all()
    most, units = limit_of(definition, question), unit_names(connection)
    rows = []
    for group in groups[:limit]:
        parts = connection.execute(
            select(t.noted)
            .where(
                n.question == question.id, n.unit_id == group.unit_id, n.sort == group.sort,
                n.amount <= int(most * FEN),
            )
            .order_by(n.seq)
        ).all()  # fmt: skip
        names = project_names(connection, (p.project_key for p in parts))
        year, _, sort = group.sort.partition(" ")
        words = fact_text(definition, question.given["same"], sort)
        head = (
            units.get(group.unit_id, group.unit_id), year, words, group.many,
            Decimal(int(group.total)) / FEN, most,
        )  # fmt: skip
        rows += [
            Row(
                (*head, names.get(p.project_key, ""), Decimal(p.amount) / FEN, p.day),
                p.project_key, None if p.project_key else p.matter_key, p.seq, marked=True,
            )
            for p in parts
        ]  # fmt: skip
    return Answer(COLUMNS, rows, str(start + limit) if len(groups) > limit else "")
