"""Temporal functions (DMN 1.5, 10.3.4.8): calendar facts, and the clock of the evaluation."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from service.feel.far import Far, parted
from service.feel.functions.declare import builtin
from service.feel.limits import Run
from service.regulation.dates import SHANGHAI

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip


@builtin("now()")
def now(run: Run) -> datetime:
    return run.now.astimezone(SHANGHAI)


@builtin("today()")
def today(run: Run) -> date:
    return run.now.astimezone(SHANGHAI).date()


@builtin("day of year(date: day)")
def day_of_year(run: Run, day: date | Far) -> Decimal:
    return Decimal(parted(day)[1].timetuple().tm_yday)


@builtin("day of week(date: day)")
def day_of_week(run: Run, day: date | Far) -> str:
    return DAYS[parted(day)[1].weekday()]


@builtin("month of year(date: day)")
def month_of_year(run: Run, day: date | Far) -> str:
    return MONTHS[day.month - 1]


@builtin("week of year(date: day)")
def week_of_year(run: Run, day: date | Far) -> Decimal:
    return Decimal(parted(day)[1].isocalendar()[1])
