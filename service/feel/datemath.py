"""Arithmetic on dates, times and date-times: months, days, what lies between (DMN 1.5, 10.3.2.3)."""

from __future__ import annotations

import calendar
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from service.feel.far import CYCLE_DAYS, Far, at_clock, clock_of, day_of, joined, make_date, parted
from service.feel.values import DaysTime

ZONE_DAY = date(2000, 1, 1)
DAY = 86_400 * 1_000_000
CYCLE = CYCLE_DAYS * DAY
START = datetime(2000, 1, 1)
START_DAY = START.toordinal()


def add_months(moment: date | Far, months: int) -> date | Far:
    """The same day so many months later, or the month's last day. Raises OverflowError."""
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    last = calendar.monthrange(2000 + year % 400, month + 1)[1]
    day = make_date(year, month + 1, min(moment.day, last))
    near = parted(moment)[1]
    return at_clock(day, clock_of(near)) if isinstance(near, datetime) else day


def months_between(start: date | Far, end: date | Far) -> int:
    """Whole months from `start` to `end` (negative backwards)."""
    months = (end.year - start.year) * 12 + end.month - start.month
    a, b = _within_month(start), _within_month(end)
    if months > 0 and b < a:
        months -= 1
    elif months < 0 and b > a:
        months += 1
    return months


def _within_month(value: date | Far) -> tuple[int, time]:
    near = parted(value)[1]
    return value.day, near.time() if isinstance(near, datetime) else time()


def is_aware(moment: date | Far) -> bool:
    """Whether it stands on the line of all zones: dates do, at midnight UTC."""
    near = moment.near if isinstance(moment, Far) else moment
    return not isinstance(near, datetime) or near.tzinfo is not None


def instant(moment: date | Far) -> int:
    """Microseconds since 2000-01-01T00:00:00, in UTC when the moment knows its zone."""
    if isinstance(moment, Far):
        return moment.cycles * CYCLE + instant(moment.near)
    if not isinstance(moment, datetime):
        return (moment.toordinal() - START_DAY) * DAY
    since = moment.replace(tzinfo=None) - START
    offset = moment.utcoffset()
    if offset is not None:
        since -= offset
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def later(moment: date | Far, by: DaysTime) -> date | Far:
    """The moment so much later: a date stays one. Raises OverflowError."""
    cycles, near = parted(moment)
    more, rest = divmod(int(by.seconds * 1_000_000), CYCLE)
    step = timedelta(microseconds=rest)
    if not isinstance(near, datetime):
        moved = datetime(near.year, near.month, near.day) + step
        return joined(cycles + more, moved.date())
    if near.tzinfo is None:
        return joined(cycles + more, near + step)
    return joined(cycles + more, (near.astimezone(UTC) + step).astimezone(near.tzinfo))


def apart(a: date | Far, b: date | Far) -> DaysTime | None:
    """From b to a; None when only one of them knows its zone."""
    if is_aware(a) != is_aware(b):
        return None
    return DaysTime(Decimal(instant(a) - instant(b)) / 1_000_000)


def seconds_of(value: time) -> Decimal:
    """Seconds since midnight, in UTC when the time knows its zone.

    A named zone has an offset only on a day: it is taken on ZONE_DAY, so that answers never depend on today.
    """
    seconds = Decimal(value.hour * 3600 + value.minute * 60 + value.second)
    seconds += Decimal(value.microsecond) / 1_000_000
    offset = datetime.combine(ZONE_DAY, value).utcoffset()
    return seconds - (Decimal(offset.total_seconds()) if offset else 0)


def days_from(start: date | Far, count: int, step: int) -> list[date | Far]:
    """So many days from `start`, each `step` days after the one before."""
    cycles, near = parted(day_of(start))
    return [joined(cycles, near + timedelta(step * i)) for i in range(count)]
