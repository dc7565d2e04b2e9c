"""Functions beyond the standard: legal periods and working days, as FEEL functions."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from service.feel.values import Function
from service.regulation.calendar import Calendar
from service.regulation.dates import last_day_of_period


def host_functions(calendar: Calendar) -> dict[str, Function]:
    """`last day of period`, `working days after`, `working days between` over a calendar of working days."""

    def period(run: Any, start: Any, months: Any) -> Any:
        if not isinstance(start, date) or not isinstance(months, Decimal):
            return run.null("last day of period 要日期和月数")
        return last_day_of_period(_day(start), int(months))

    def after(run: Any, start: Any, count: Any) -> Any:
        if not isinstance(start, date) or not isinstance(count, Decimal):
            return run.null("working days after 要日期和天数")
        return calendar.working_days_after(_day(start), int(count))

    def between(run: Any, start: Any, end: Any) -> Any:
        if not isinstance(start, date) or not isinstance(end, date):
            return run.null("working days between 要两个日期")
        return Decimal(calendar.working_days_between(_day(start), _day(end)))

    return {
        "last day of period": Function(
            ("from", "months"), period, required=2, name="last day of period"
        ),
        "working days after": Function(("from", "n"), after, required=2, name="working days after"),
        "working days between": Function(
            ("from", "to"), between, required=2, name="working days between"
        ),
    }


HOST_NAMES = ("last day of period", "working days after", "working days between")


def _day(value: date) -> date:
    return date(value.year, value.month, value.day)
