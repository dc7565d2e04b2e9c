"""Dates, times, date-times and durations: reading and writing (DMN 1.5, 10.3.2.3).

A date-time without zone is a naive datetime; one with an offset or a zone name is aware.
Fractions of a second are kept to the nanosecond; what Python cannot hold is in far.py.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from service.feel.far import Far, at_clock, clock_of, fine_time, joined, make_date, nanos_of, parted
from service.feel.values import DaysTime, YearsMonths, fits

DATE = re.compile(r"(-?\d{4,9})-(\d\d)-(\d\d)")
TIME = re.compile(
    r"(\d\d):(\d\d):(\d\d)(\.\d+)?(?:(Z)|([+-])(\d\d):(\d\d)(?::(\d\d))?|@([A-Za-z_]+(?:/[A-Za-z_+\-0-9]+)*))?"
)
YEARS_MONTHS = re.compile(r"(-)?P(?:(\d+)Y)?(?:(\d+)M)?")
DAYS_TIME = re.compile(r"(-)?P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d*)?)S)?)?")


LONGEST_DURATION = 100


def read_date(text: str) -> date | Far | None:
    """`2026-03-01`, or None."""
    match = DATE.fullmatch(text)
    if not match or (len(match[1].lstrip("-")) > 4 and match[1].lstrip("-")[0] == "0"):
        return None
    try:
        return make_date(int(match[1]), int(match[2]), int(match[3]))
    except (ValueError, OverflowError):
        return None


def zone_of(match: re.Match[str]) -> tzinfo | None:
    """The zone of a matched time. Raises ValueError or ZoneInfoNotFoundError when there is none such."""
    if match[5]:
        return UTC
    if match[6]:
        hours, minutes, seconds = int(match[7]), int(match[8]), int(match[9] or 0)
        if (hours, minutes, seconds) > (18, 0, 0) or minutes > 59 or seconds > 59:
            raise ValueError(text_of_zone(None))
        delta = timedelta(hours=hours, minutes=minutes, seconds=seconds)
        return timezone(-delta if match[6] == "-" else delta)
    if match[10]:
        return ZoneInfo(match[10])
    return None


def read_time(text: str) -> time | None:
    """`09:00:00`, with fraction, offset, `Z` or `@Zone/Name`, or None."""
    match = TIME.fullmatch(text)
    if not match:
        return None
    try:
        nanos = int((match[4] or ".")[1:10].ljust(9, "0"))
        return fine_time(int(match[1]), int(match[2]), int(match[3]), nanos, zone_of(match))
    except (ValueError, ZoneInfoNotFoundError, OSError):
        return None


def read_datetime(text: str) -> datetime | Far | None:
    """Date, `T` and time; a date alone is midnight. None when it is neither."""
    day_text, mark, clock_text = text.partition("T")
    day = read_date(day_text)
    if day is None:
        return None
    if not mark:
        return at_clock(day, time())
    if clock_text.startswith("24:00:00"):
        clock_text = "00" + clock_text[2:]
        cycles, near = parted(day)
        day = joined(cycles, near + timedelta(days=1))
    clock = read_time(clock_text)
    return None if clock is None else at_clock(day, clock)


def read_duration(text: str) -> YearsMonths | DaysTime | None:
    """`P1Y2M` or `P3DT4H`, or None."""
    if len(text) > LONGEST_DURATION:
        return None
    match = YEARS_MONTHS.fullmatch(text)
    if match and (match[2] or match[3]):
        months = Decimal(match[2] or 0) * 12 + Decimal(match[3] or 0)
        return YearsMonths.bounded(-months if match[1] else months) if fits(months) else None
    match = DAYS_TIME.fullmatch(text)
    if not match or not any(match[i] for i in range(2, 6)) or text.endswith("T"):
        return None
    seconds = (
        Decimal(match[2] or 0) * 86400
        + Decimal(match[3] or 0) * 3600
        + Decimal(match[4] or 0) * 60
        + Decimal(match[5] or 0)
    )
    return DaysTime(-seconds if match[1] else seconds) if fits(seconds) else None


def read_at(text: str) -> date | Far | time | datetime | YearsMonths | DaysTime | None:
    """The value of `@"…"`."""
    if "P" in text[:2]:
        return read_duration(text)
    if "T" in text:
        return read_datetime(text)
    return read_date(text) or read_time(text)


def text_of_zone(zone: tzinfo | None, at: datetime | None = None) -> str:
    """`Z`, `+08:00`, `@Asia/Shanghai` or nothing."""
    if zone is None:
        return ""
    if isinstance(zone, ZoneInfo):
        return f"@{zone.key}"
    offset = zone.utcoffset(at)
    assert offset is not None
    seconds = int(offset.total_seconds())
    if seconds == 0:
        return "Z"
    sign, seconds = ("-" if seconds < 0 else "+"), abs(seconds)
    text = f"{sign}{seconds // 3600:02}:{seconds // 60 % 60:02}"
    return text + (f":{seconds % 60:02}" if seconds % 60 else "")


def text_of_time(value: time) -> str:
    """The canonical text of a time."""
    nanos = value.microsecond * 1000 + nanos_of(value)
    fraction = f".{nanos:09}".rstrip("0") if nanos else ""
    return f"{value.hour:02}:{value.minute:02}:{value.second:02}{fraction}" + text_of_zone(
        value.tzinfo
    )


def text_of(value: date | Far | time) -> str:
    """The canonical text of a temporal value."""
    if isinstance(value, time):
        return text_of_time(value)
    year = f"{'-' if value.year < 0 else ''}{abs(value.year):04}"
    day = f"{year}-{value.month:02}-{value.day:02}"
    near = value.near if isinstance(value, Far) else value
    return f"{day}T{text_of_time(clock_of(near))}" if isinstance(near, datetime) else day
