"""Legal periods of whole months, and the county's time zone."""

from __future__ import annotations

import calendar
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def last_day_of_period(start: date, months: int) -> date:
    """The last day of a period of `months` months that begins on `start`.

    The first day is not counted; the last day is the corresponding day of the last month, or that
    month's end where it has no such day (Civil Code, articles 201 and 202). It is not moved for a
    holiday: the periods of the regulation are minimums (article 203 protects the one who must act).
    Raises ValueError when `months` is negative or the year leaves 1–9999.
    """
    if months < 0:
        raise ValueError("a period cannot be negative")
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(start.day, last))


def start_of_day(day: date) -> datetime:
    """00:00 of a day in Asia/Shanghai, as an aware UTC time."""
    return datetime.combine(day, time(), SHANGHAI).astimezone(UTC)


def local_date(instant: datetime) -> date:
    """The calendar day of an aware time in Asia/Shanghai."""
    return instant.astimezone(SHANGHAI).date()
