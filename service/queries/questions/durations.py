"""How long tasks took, by element and unit: median and longest in working days."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

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
    """(place, unit) → how long."""
    histograms: dict[tuple[str, str], dict[int, int]] = {}
    for (place, unit, days), count in _counted(connection, definition, filters).items():
        if count:
            histograms.setdefault((place, unit), {})[days] = count
    return {key: taken(histogram) for key, histogram in histograms.items()}


def _counted(
    connection: Connection, definition: Definition, filters: Filters
) -> Counter[tuple[str, str, int]]:
    """(place, unit, days) → how many: of most of the time the totals without what lies outside, else what lies
    inside, so that never more than half of the log is read."""
    if not _mostly_inside(connection, filters):
        return _by_days(connection, condition(definition, filters, t.deed))
    always = replace(filters, since=None, until=None)
    d, within = t.deed_total.c, condition(definition, always, t.deed)
    query = select(d.place, d.unit_id, d.days, d.count)
    rows = connection.execute(query.where(condition(definition, always, t.deed_total)))
    totals = Counter({(place, unit, days): count for place, unit, days, count in rows})
    if filters.since:
        totals.subtract(_by_days(connection, within & (t.deed.c.day < filters.since)))
    if filters.until:
        totals.subtract(_by_days(connection, within & (t.deed.c.day > filters.until)))
    return totals


def _by_days(connection: Connection, where: ColumnElement[bool]) -> Counter[tuple[str, str, int]]:
    d = t.deed.c
    query = select(d.place, d.unit_id, d.days, func.count())
    rows = connection.execute(query.where(where).group_by(d.place, d.unit_id, d.days))
    return Counter({(place, unit, days): count for place, unit, days, count in rows})


def _mostly_inside(connection: Connection, filters: Filters) -> bool:
    """Whether more than half of the time in which something was done is asked for."""
    if not (filters.since or filters.until):
        return True
    first, last = connection.execute(select(func.min(t.deed.c.day), func.max(t.deed.c.day))).one()
    if first is None:
        return True
    begun = max(first, filters.since or first)
    asked = min(last, filters.until or last) - begun
    return bool(2 * asked > last - first)


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
