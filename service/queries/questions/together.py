"""Projects of one unit, year and sort that are each under a limit and together above it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, select

from service.engine import Definition
from service.model.errors import BadInput
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
    return (
        select(n.unit_id, n.sort, func.count().label("many"), func.sum(n.amount).label("total"))
        .where(_small(definition, question, filters))
        .group_by(n.unit_id, n.sort)
        .having(func.count() > 1, func.sum(n.amount) > limit)
    )


def _small(definition: Definition, question: Question, filters: Filters) -> ColumnElement[bool]:
    """Projects that are each not above the limit."""
    n, limit = t.noted.c, int(limit_of(definition, question) * FEN)
    where = and_(n.question == question.id, n.amount <= limit)
    if filters.since:
        where &= n.day >= filters.since
    if filters.until:
        where &= n.day <= filters.until
    if filters.unit:
        where &= n.unit_id == filters.unit
    return where


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
    """The largest sum first; a row for each project of a group, `limit` of them: a unit may have hundreds.

    `after` is `GROUP.PROJECT`, how many groups and how many projects of the next one were shown. Raises BadInput.
    """
    group_at, at = _read(after)
    units, most = unit_names(connection), limit_of(definition, question)
    groups = _groups(definition, question, filters)
    n = t.noted.c
    found: list[tuple[int, int, Any, Any]] = []
    for group in connection.execute(
        groups.order_by(func.sum(n.amount).desc(), n.unit_id, n.sort)
        .limit(limit + 1)
        .offset(group_at)
    ).all():
        parts = connection.execute(
            select(n.project_key, n.matter_key, n.amount, n.day, n.seq)
            .where(
                _small(definition, question, filters), n.unit_id == group.unit_id, n.sort == group.sort,
            )
            .order_by(n.seq)
            .limit(limit + 1 - len(found))
            .offset(at)
        ).all()  # fmt: skip
        found += [(group_at, at + i, group, part) for i, part in enumerate(parts)]
        if len(found) > limit:
            break
        group_at, at = group_at + 1, 0
    names = project_names(connection, (part.project_key for _, _, _, part in found[:limit]))
    rows = []
    for _, _, group, part in found[:limit]:
        year, _, sort = group.sort.partition(" ")
        words = fact_text(definition, question.given["same"], sort)
        cells = (
            units.get(group.unit_id, group.unit_id), year, words, group.many, Decimal(int(group.total)) / FEN,
            most, names.get(part.project_key, ""), Decimal(part.amount) / FEN, part.day,
        )  # fmt: skip
        instance_key = None if part.project_key else part.matter_key
        rows.append(Row(cells, part.project_key, instance_key, part.seq, marked=True))
    return Answer(COLUMNS, rows, "{}.{}".format(*found[limit][:2]) if len(found) > limit else "")


def _read(after: str) -> tuple[int, int]:
    group, _, part = (after or "0.0").partition(".")
    if not (group.isdecimal() and part.isdecimal()):
        raise BadInput("这一页的地址不完整，请从第一页重新翻起。")
    return int(group), int(part)
