"""Dates, times, date-times and durations: reading, writing, arithmetic (DMN 1.5, 10.3.2.3).

A date-time without zone is a naive datetime; one with an offset or a zone name is aware.
Fractions of a second are kept to the microsecond.
"""

from __future__ import annotations

import calendar
import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from service.feel.values import DaysTime, YearsMonths

ZONE_DAY = date(2000, 1, 1)
DATE = re.compile(r"(-?\d{4,9})-(\d\d)-(\d\d)")
TIME = re.compile(
    r"(\d\d):(\d\d):(\d\d)(\.\d+)?(?:(Z)|([+-])(\d\d):(\d\d)(?::(\d\d))?|@([A-Za-z_]+(?:/[A-Za-z_+\-0-9]+)*))?"
)
YEARS_MONTHS = re.compile(r"(-)?P(?:(\d+)Y)?(?:(\d+)M)?")
DAYS_TIME = re.compile(r"(-)?P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d*)?)S)?)?")


def read_date(text: str) -> date | None:
    """`2026-03-01`, or None."""
    match = DATE.fullmatch(text)
    if not match or (len(match[1].lstrip("-")) > 4 and match[1].lstrip("-")[0] == "0"):
        return None
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None


def zone_of(match: re.Match[str]) -> tzinfo | None:
    """The zone of a matched time. Raises ValueError or ZoneInfoNotFoundError when there is none such."""
    if match[5]:
        return UTC
    if match[6]:
        hours, minutes, seconds = int(match[7]), int(match[8]), int(match[9] or 0)
        if hours > 18 or minutes > 59 or seconds > 59:
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
        micro = int(Decimal(match[4] or 0) * 1_000_000)
        return time(int(match[1]), int(match[2]), int(match[3]), micro, zone_of(match))
    except (ValueError, ZoneInfoNotFoundError, OSError):
        return None


def read_datetime(text: str) -> datetime | None:
    """Date, `T` and time; a date alone is midnight. None when it is neither."""
    day_text, mark, clock_text = text.partition("T")
    day = read_date(day_text)
    if day is None:
        return None
    if not mark:
        return datetime(day.year, day.month, day.day)
    if clock_text.startswith("24:00:00"):
        clock = read_time("00" + clock_text[2:])
        if clock is None:
            return None
        return datetime.combine(day + timedelta(days=1), clock)
    clock = read_time(clock_text)
    return None if clock is None else datetime.combine(day, clock)


def read_duration(text: str) -> YearsMonths | DaysTime | None:
    """`P1Y2M` or `P3DT4H`, or None."""
    match = YEARS_MONTHS.fullmatch(text)
    if match and (match[2] or match[3]):
        months = int(match[2] or 0) * 12 + int(match[3] or 0)
        return YearsMonths(-months if match[1] else months)
    match = DAYS_TIME.fullmatch(text)
    if not match or not any(match[i] for i in range(2, 6)) or text.endswith("T"):
        return None
    seconds = (
        Decimal(match[2] or 0) * 86400
        + Decimal(match[3] or 0) * 3600
        + Decimal(match[4] or 0) * 60
        + Decimal(match[5] or 0)
    )
    return DaysTime(-seconds if match[1] else seconds)


def read_at(text: str) -> date | time | datetime | YearsMonths | DaysTime | None:
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
    fraction = f".{value.microsecond:06}".rstrip("0") if value.microsecond else ""
    return f"{value.hour:02}:{value.minute:02}:{value.second:02}{fraction}" + text_of_zone(
        value.tzinfo
    )


def text_of(value: date | time | datetime) -> str:
    """The canonical text of a temporal value."""
    if isinstance(value, datetime):
        return f"{value.date().isoformat()}T{text_of_time(value.timetz())}"
    return value.isoformat() if isinstance(value, date) else text_of_time(value)


def add_months(day: date, months: int) -> date:
    """The same day so many months later, or the month's last day. Raises ValueError out of range."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    last = calendar.monthrange(year, month + 1)[1] if 1 <= year <= 9999 else 0
    return day.replace(year=year, month=month + 1, day=min(day.day, last))


def months_between(start: date, end: date) -> int:
    """Whole months from `start` to `end` (negative backwards)."""
    months = (end.year - start.year) * 12 + end.month - start.month
    a, b = _within_month(start), _within_month(end)
    if months > 0 and b < a:
        months -= 1
    elif months < 0 and b > a:
        months += 1
    return months


def _within_month(value: date) -> tuple[int, timedelta]:
    clock = timedelta()
    if isinstance(value, datetime):
        clock = timedelta(
            hours=value.hour,
            minutes=value.minute,
            seconds=value.second,
            microseconds=value.microsecond,
        )
    return value.day, clock


def seconds_of(value: time) -> Decimal:
    """Seconds since midnight, in UTC when the time knows its zone.

    A named zone has an offset only on a day: it is taken on ZONE_DAY, so that answers never depend on today.
    """
    seconds = Decimal(value.hour * 3600 + value.minute * 60 + value.second)
    seconds += Decimal(value.microsecond) / 1_000_000
    offset = datetime.combine(ZONE_DAY, value).utcoffset()
    return seconds - (Decimal(offset.total_seconds()) if offset else 0)
