"""Conversion functions (DMN 1.5, 10.3.4.1)."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any

from service.feel.datemath import months_between
from service.feel.far import Far, at_clock, clock_of, day_of, fine_time, make_date, nanos_of
from service.feel.functions.declare import builtin
from service.feel.limits import Run
from service.feel.temporal import (
    read_date,
    read_datetime,
    read_duration,
    read_time,
    text_of_zone,
)
from service.feel.text import text_of_value
from service.feel.values import NESTED, NUMBERS, DaysTime, Range, YearsMonths, kind, whole


@builtin("date(from: str)")
def date_from_text(run: Run, text: str) -> date | Far | None:
    return read_date(text)


@builtin("date(from: day)")
def date_from_moment(run: Run, moment: date | Far) -> date | Far:
    return day_of(moment)


@builtin("date(year: num, month: num, day: num)")
def date_of(run: Run, year: Decimal, month: Decimal, day: Decimal) -> date | Far:
    return make_date(whole(year), whole(month), whole(day))


@builtin("time(from: str)")
def time_from_text(run: Run, text: str) -> time | None:
    return read_time(text)


@builtin("time(from: any)")
def time_from(run: Run, moment: Any) -> time | None:
    if kind(moment) == "date":
        return time(0, 0, 0, tzinfo=UTC)
    near = moment.near if isinstance(moment, Far) else moment
    if isinstance(near, datetime):
        return clock_of(near)
    return near if isinstance(near, time) else None


@builtin("time(hour: num, minute: num, second: num, [offset: any])", null_ok=True)
def time_of(run: Run, hour: Any, minute: Any, second: Any, offset: Any = None) -> time | None:
    if None in (hour, minute, second) or not isinstance(offset, DaysTime | None):
        return None
    seconds = whole(second)
    zone = None if offset is None else timezone(timedelta(seconds=whole(offset.seconds)))
    return fine_time(whole(hour), whole(minute), seconds, int((second - seconds) * 10**9), zone)


@builtin("date and time(from: str)")
def datetime_from_text(run: Run, text: str) -> datetime | Far | None:
    return read_datetime(text)


@builtin("date and time(date: day, time: any)")
def datetime_of(run: Run, day: date | Far, clock: Any) -> datetime | Far | None:
    return at_clock(day_of(day), clock) if isinstance(clock, time) else None


@builtin("number(from: str, [grouping separator: str], [decimal separator: str])", null_ok=True)
def number(run: Run, text: Any, grouping: Any = None, point: Any = None) -> Decimal | None:
    if text is None or grouping not in (None, " ", ",", ".") or point not in (None, ",", "."):
        return None
    if grouping is not None and grouping == point:
        return None
    plain = text.replace(grouping, "") if grouping else text
    plain = plain.replace(point, ".") if point else plain
    if not re.fullmatch(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", plain):
        return None
    return NUMBERS.create_decimal(plain)


@builtin("string(from: any)")
def string(run: Run, value: Any) -> str | None:
    if isinstance(value, NESTED):
        run.charge(value, value, value)  # writing costs more than reading
    return text_of_value(value)


@builtin("duration(from: str)")
def duration(run: Run, text: str) -> YearsMonths | DaysTime | None:
    return read_duration(text)


@builtin("years and months duration(from: day, to: day)")
def years_and_months(run: Run, start: date | Far, end: date | Far) -> YearsMonths:
    if kind(start) != kind(end):
        start, end = day_of(start), day_of(end)
    return YearsMonths(months_between(start, end))


@builtin("range(from: str)")
def range_(run: Run, text: str) -> Range | None:
    from service.feel.expression import parse  # noqa: PLC0415 (the parser knows this function)

    run.tick(40)  # the ends are parsed
    match = re.fullmatch(r"\s*([\[(\]])(.*?)\.\.(.*?)([\])\[])\s*", text, re.S)
    if not match:
        return None
    ends = []
    for part in (match[2], match[3]):
        literal = re.fullmatch(
            r'\s*(|null|-?\d+(\.\d+)?|"[^"]*"|@"[^"]*"|(date|time|date and time|duration)\("[^"]*"\))\s*',
            part,
        )
        if not literal:
            return None
        ends.append(
            parse(part).evaluate({}, now=run.now) if part.strip() not in ("", "null") else None
        )
    low, high = ends
    if (low is None and high is None) or (None not in (low, high) and kind(low) != kind(high)):
        return None
    if (match[1] != "(" and not match[2].strip()) or (match[4] != ")" and not match[3].strip()):
        return None
    if low is not None and high is not None and low > high:
        return None
    return Range(
        low,
        high,
        match[1] == "[",
        match[4] == "]",
        start_bounded=bool(match[2].strip()),
        end_bounded=bool(match[3].strip()),
    )


@builtin("is(value1: any, [value2: any])", null_ok=True)
def is_(run: Run, a: Any, b: Any = None) -> bool:
    if kind(a) != kind(b):
        return False
    if isinstance(a, datetime | time):
        same_zone = text_of_zone(a.tzinfo) == text_of_zone(b.tzinfo)
        same_clock = bool(a.replace(tzinfo=None) == b.replace(tzinfo=None))
        return same_clock and same_zone and nanos_of(a) == nanos_of(b)
    return bool(a == b)
