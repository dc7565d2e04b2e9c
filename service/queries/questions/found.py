"""Rows that were found from the log, newest first; how many there are."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, and_, case, func, or_, select

from service.engine import Definition
from service.model.errors import BadInput
from service.model.values import from_json
from service.queries.questions.declared import Column
from service.queries.questions.table import (
    Answer,
    Filters,
    Row,
    condition,
    place_name,
    project_names,
)
from service.store import tables as t
from service.store.register import unit_names

FIRST: tuple[Column, ...] = (
    ("日期", "date"), ("项目", "text"), ("单位", "text"), ("环节", "text"), ("办理人", "text"),
)  # fmt: skip


def found(
    connection: Connection,
    definition: Definition,
    question: str,
    columns: tuple[Column, ...],
    filters: Filters,
    *,
    limit: int,
    after: str = "",
) -> Answer:
    """A page of the rows of a question, by number of the event downwards."""
    n = t.noted.c
    query = (
        select(t.noted)
        .where(n.question == question, condition(definition, filters, t.noted))
        .order_by(n.seq.desc(), n.number.desc())
        .limit(limit + 1)
    )
    if after:
        seq, number = _read(after)
        query = query.where(or_(n.seq < seq, and_(n.seq == seq, n.number < number)))
    rows = connection.execute(query).all()
    shown = rows[:limit]
    names = project_names(connection, (r.project_key for r in shown))
    units = unit_names(connection)
    more = f"{shown[-1].seq}.{shown[-1].number}" if len(rows) > limit else ""
    return Answer(FIRST + columns, [_row(r, definition, names, units) for r in shown], more)


def _row(row: Any, definition: Definition, names: Any, units: Any) -> Row:
    cells = (from_json(cell) for cell in json.loads(row.cells))
    return Row(
        (
            row.day,
            names.get(row.project_key, "（不属于项目）"),
            units.get(row.unit_id, row.unit_id),
            place_name(definition, row.place),
            row.who,
            *cells,
        ),
        row.project_key,
        None if row.project_key else row.matter_key,
        row.seq,
        row.marked,
    )


def _read(after: str) -> tuple[int, int]:
    seq, _, number = after.partition(".")
    if not (seq.isdecimal() and number.isdecimal()):
        raise BadInput("这一页的地址不完整，请从第一页重新翻起。")
    return int(seq), int(number)


def counts(
    connection: Connection, definition: Definition, filters: Filters
) -> dict[str, tuple[int, int]]:
    """Question → (rows, marked rows among them)."""
    marked = func.sum(case((t.noted.c.marked, 1), else_=0))
    query = (
        select(t.noted.c.question, func.count(), marked)
        .where(condition(definition, filters, t.noted))
        .group_by(t.noted.c.question)
    )
    return {question: (rows, int(seen or 0)) for question, rows, seen in connection.execute(query)}
