"""An answer as a table: headings with kinds of values, rows that lead to a project and a moment of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Connection, Table, select, true

from service.engine import Definition
from service.model.values import Value
from service.queries.questions.declared import Column
from service.store import tables as t
from service.store.among import among


@dataclass(frozen=True)
class Filters:
    """Which acts count: on which days, of which unit, at elements that cite which article."""

    since: date | None = None
    until: date | None = None
    unit: str | None = None
    article: int | None = None


@dataclass(frozen=True)
class Row:
    """`cells` as the headings have them; `seq` the event, `project_key` or `instance_key` where it is."""

    cells: tuple[Value | int | float, ...]
    project_key: str | None
    instance_key: str | None
    seq: int | None
    marked: bool = False


@dataclass(frozen=True)
class Answer:
    """A page of rows; `after` asks for the next, empty at the end."""

    columns: tuple[Column, ...]
    rows: list[Row]
    after: str = ""


def places_of(definition: Definition, article: int | None) -> list[str] | None:
    """`process/element` of the elements that cite an article; None for all."""
    if article is None:
        return None
    return [
        f"{p.id}/{e.id}"
        for p in definition.processes.values()
        for e in p.elements.values()
        if any(
            c in definition.clauses and definition.clauses[c].article == article for c in e.articles
        )
    ]


def condition(definition: Definition, filters: Filters, table: Table) -> ColumnElement[bool]:
    """The filters on a table with `day`, `unit_id` and `place`."""
    where: ColumnElement[bool] = true()
    if filters.since:
        where &= table.c.day >= filters.since
    if filters.until:
        where &= table.c.day <= filters.until
    if filters.unit:
        where &= table.c.unit_id == filters.unit
    places = places_of(definition, filters.article)
    return where if places is None else where & table.c.place.in_(places)


def place_name(definition: Definition, place: str) -> str:
    """An element and its process as people call them."""
    process_id, _, element_id = place.partition("/")
    process = definition.processes.get(process_id)
    if process is None:
        return place
    element = process.elements.get(element_id)
    return f"{element.name or element.id}（{process.name}）" if element else process.name


def project_names(connection: Connection, keys: Iterable[str | None]) -> dict[str | None, str]:
    """`名称 编号` of projects."""
    wanted = {key for key in keys if key}
    query = select(t.project.c.project_key, t.project.c.no, t.project.c.name)
    rows = connection.execute(query.where(among(t.project.c.project_key, wanted)))
    return {r.project_key: f"{r.name or '（未命名项目）'} {r.no}" for r in rows}
