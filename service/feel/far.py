"""Moments that Python's calendar cannot hold: years before 1 and after 9999, and single nanoseconds.

The calendar repeats after 400 years, weekdays included, so such a moment is one of the years 2000 to 2399
and a number of cycles. Dates that fit stay Python's own: only what does not fit becomes Far or Fine.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

CYCLE_YEARS, CYCLE_DAYS = 400, 146_097
FIRST = 2000
MAX_YEAR = 999_999_999


@dataclass(frozen=True)
class Far:
    """A date or date-time so many cycles after `near`, whose year lies in 2000 to 2399."""

    cycles: int
    near: date | datetime

    @property
    def year(self) -> int:
        """The year, negative before year 0."""
        return self.near.year + CYCLE_YEARS * self.cycles

    @property
    def month(self) -> int:
        """The month, from 1."""
        return self.near.month

    @property
    def day(self) -> int:
        """The day of the month, from 1."""
        return self.near.day


class FineTime(time):
    """A time of day with nanoseconds beyond its microseconds."""

    nanos = 0


class FineDateTime(datetime):
    """A date-time with nanoseconds beyond its microseconds."""

    nanos = 0


def nanos_of(value: Any) -> int:
    """Nanoseconds beyond the microseconds, 0 to 999."""
    return int(getattr(value, "nanos", 0))


def fine_time(hour: int, minute: int, second: int, nanos: int, zone: Any) -> time:
    """A time of day with so many nanoseconds after the second. Raises ValueError."""
    micro, rest = divmod(nanos, 1000)
    if not rest:
        return time(hour, minute, second, micro, zone)
    made = FineTime(hour, minute, second, micro, zone)
    made.nanos = rest
    return made


def clock_of(moment: datetime) -> time:
    """The time of day of a date-time, with its zone."""
    nanos = moment.microsecond * 1000 + nanos_of(moment)
    return fine_time(moment.hour, moment.minute, moment.second, nanos, moment.tzinfo)


def at_clock(day: date | Far, clock: time) -> datetime | Far:
    """The day at a time of day."""
    if isinstance(day, Far):
        near = at_clock(day.near, clock)
        assert isinstance(near, datetime)
        return Far(day.cycles, near)
    if not nanos_of(clock):
        return datetime(
            day.year, day.month, day.day, clock.hour, clock.minute, clock.second,
            clock.microsecond, clock.tzinfo,
        )  # fmt: skip
    made = FineDateTime(
        day.year, day.month, day.day, clock.hour, clock.minute, clock.second,
        clock.microsecond, clock.tzinfo,
    )  # fmt: skip
    made.nanos = clock.nanos  # type: ignore[attr-defined]
    return made


def day_of(moment: date | Far) -> date | Far:
    """The day of a date or date-time."""
    if isinstance(moment, Far):
        return joined(moment.cycles, day_of(moment.near))
    return moment.date() if isinstance(moment, datetime) else moment


def parted(moment: date | Far) -> tuple[int, date]:
    """Cycles, and the same moment in the years 2000 to 2399."""
    if isinstance(moment, Far):
        return moment.cycles, moment.near
    cycles = (moment.year - FIRST) // CYCLE_YEARS
    return cycles, _in_year(moment, moment.year - CYCLE_YEARS * cycles)


def joined(cycles: int, near: date | Far) -> date | Far:
    """The moment so many cycles after `near`: Python's when it can hold it. Raises OverflowError."""
    if isinstance(near, Far):
        cycles, near = cycles + near.cycles, near.near
    year = near.year + CYCLE_YEARS * cycles
    if 1 <= year <= 9999:
        return _in_year(near, year)
    if abs(year) > MAX_YEAR:
        raise OverflowError("year")
    shift = (near.year - FIRST) // CYCLE_YEARS
    return Far(cycles + shift, _in_year(near, near.year - CYCLE_YEARS * shift))


def make_date(year: int, month: int, day: int) -> date | Far:
    """A date of any year down to -999,999,999. Raises ValueError, OverflowError."""
    cycles = (year - FIRST) // CYCLE_YEARS
    return joined(cycles, date(year - CYCLE_YEARS * cycles, month, day))


def _in_year(moment: date, year: int) -> date:
    if not isinstance(moment, datetime):
        return date(year, moment.month, moment.day)
    found = at_clock(date(year, moment.month, moment.day), clock_of(moment))
    assert isinstance(found, datetime)
    return found
