"""A year of the working-day calendar: its months day by day, where it comes from, who changed it and why."""

from __future__ import annotations

import calendar as months
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select

from service.definitions import in_force, newest_definition
from service.regulation.calendar import Calendar, Year
from service.regulation.dates import local_date
from service.store import tables as t
from service.store.history import StoredEvent, read


@dataclass(frozen=True)
class Square:
    """A day of a month; `kind` is `work`, `rest`, `off` (a free weekday) or `made` (a make-up day)."""

    day: date
    kind: str
    name: str
    today: bool


@dataclass(frozen=True)
class CalendarPage:
    """A year. `months`: weeks of squares (None: a day of another month). `changes`: the log's events, newest first."""

    year: Year
    months: list[list[list[Square | None]]]
    changes: list[StoredEvent]
    known: list[int]
    open_days: int
    calendar: Calendar


def calendar_page(connection: Connection, year: int, *, now: datetime) -> CalendarPage:
    """What the page 工作日历 shows of a year."""
    calendar = in_force(connection, newest_definition(connection), now).calendar
    found = calendar.years.get(year) or Year(year, (), "尚未编制，只按星期计算", True)
    today = local_date(now)
    weeks = [_weeks(calendar, found, month, today) for month in range(1, 13)]
    squares = [day for month in weeks for week in month for day in week if day]
    open_days = sum(square.kind in ("work", "made") for square in squares)
    known = sorted({*calendar.years, year, today.year, today.year + 1})
    return CalendarPage(found, weeks, _changes(connection, year), known, open_days, calendar)


def _weeks(calendar: Calendar, year: Year, month: int, today: date) -> list[list[Square | None]]:
    names = {d.day: d.name for d in year.days}
    return [
        [
            _square(calendar, day, names.get(day, ""), today) if day.month == month else None
            for day in week
        ]
        for week in months.Calendar().monthdatescalendar(year.year, month)
    ]


def _square(calendar: Calendar, day: date, name: str, today: date) -> Square:
    weekday, working = day.weekday() < 5, calendar.is_working_day(day)
    kind = ("work" if weekday else "made") if working else ("off" if weekday else "rest")
    return Square(day, kind, name, day == today)


def _changes(connection: Connection, year: int) -> list[Any]:
    seqs = connection.execute(
        select(t.event.c.seq).where(t.event.c.act == "set_year").order_by(t.event.c.seq.desc())
    ).scalars()
    found = []
    for seq in list(seqs)[:50]:
        event = next(read(connection, after=seq - 1))
        if event.body["year"]["year"] == str(year):
            found.append(event)
    return found
