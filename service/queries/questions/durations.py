"""How long tasks took, by element and unit: median and longest in working days."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from service.engine import Definition
from service.model.errors import BadInput
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

COLUMNS: tuple[Column, ...] = (
    ("环节", "text"), ("单位", "text"), ("件数", "number"), ("中位（工作日）", "number"),
    ("最长（工作日）", "number"), ("最长的一件", "text"),
)  # fmt: skip


@dataclass(frozen=True)
class Taken:
    """How many tasks of a kind were done, in how many working days."""

    count: int
    median: float
    longest: int


def taken(histogram: Mapping[int, int]) -> Taken:
    """Of `{days: how many}`, which is not empty."""
    count = sum(histogram.values())
    lower, upper = _nth(histogram, (count - 1) // 2), _nth(histogram, count // 2)
    return Taken(count, (lower + upper) / 2, max(histogram))


def _nth(histogram: Mapping[int, int], place: int) -> int:
    for days in sorted(histogram):
        place -= histogram[days]
        if place < 0:
            return days
    raise ValueError(place)


def by_place_and_unit(
    connection: Connection, definition: Definition, filters: Filters
) -> dict[tuple[str, str], Taken]:
    """(place, unit) → how long; from the totals when no days are asked for, else from the index alone."""
    if filters.since or filters.until:
        d = t.deed.c
        query = (
            select(d.place, d.unit_id, d.days, func.count())
            .where(condition(definition, filters, t.deed))
            .group_by(d.place, d.unit_id, d.days)
        )
    else:
        d = t.deed_total.c
        query = select(d.place, d.unit_id, d.days, d.count).where(
            condition(definition, filters, t.deed_total)
        )
    histograms: dict[tuple[str, str], dict[int, int]] = {}
    for place, unit, days, count in connection.execute(query):
        histograms.setdefault((place, unit), {})[days] = count
    return {key: taken(histogram) for key, histogram in histograms.items()}


def durations(
    connection: Connection,
    definition: Definition,
    filters: Filters,
    *,
    limit: int,
    after: str = "",
) -> Answer:
    """The slowest first; each row leads to its longest task."""
    if after and not after.isdecimal():
        raise BadInput("这一页的地址不完整，请从第一页重新翻起。")
    start = int(after or 0)
    everything = sorted(
        by_place_and_unit(connection, definition, filters).items(),
        key=lambda item: (-item[1].median, -item[1].longest, item[0]),
    )
    page = everything[start : start + limit]
    worst = {key: _longest(connection, definition, filters, key) for key, _ in page}
    names = project_names(connection, (row.project_key for row in worst.values()))
    units = unit_names(connection)
    rows = [
        Row(
            (
                place_name(definition, place), units.get(unit, unit), one.count, one.median,
                one.longest, names.get(row.project_key, "（不属于项目）"),
            ),
            row.project_key,
            None if row.project_key else row.matter_key,
            row.seq,
        )
        for (place, unit), one in page
        for row in (worst[place, unit],)
    ]  # fmt: skip
    more = str(start + limit) if len(everything) > start + limit else ""
    return Answer(COLUMNS, rows, more)


def _longest(
    connection: Connection, definition: Definition, filters: Filters, key: tuple[str, str]
) -> Any:
    d = t.deed.c
    return connection.execute(
        select(t.deed)
        .where(condition(definition, filters, t.deed), d.place == key[0], d.unit_id == key[1])
        .order_by(d.days.desc(), d.day.desc(), d.seq.desc())  # as the index has them
        .limit(1)
    ).one()
