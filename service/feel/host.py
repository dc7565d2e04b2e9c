"""Functions beyond the standard: legal periods, working days and settings, as FEEL functions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from service.feel.values import Function
from service.regulation.calendar import REACH, Calendar
from service.regulation.dates import last_day_of_period
from service.regulation.settings import Setting, fault_of_text


def host_functions(
    calendar: Calendar, settings: Mapping[str, Setting] | None = None
) -> dict[str, Function]:
    """`last day of period`, `working days after`, `working days between`, `setting fault`.

    Over a calendar of working days and the settings of the regulation.
    """

    def period(run: Any, start: Any, months: Any) -> Any:
        if not isinstance(start, date) or not isinstance(months, Decimal):
            return run.null("last day of period 要日期和月数")
        try:
            return last_day_of_period(_day(start), int(months))
        except (ValueError, OverflowError):
            return run.null("last day of period 的月数不能是负数，年份要在 1 到 9999 之间")

    def after(run: Any, start: Any, count: Any) -> Any:
        if not isinstance(start, date) or not isinstance(count, Decimal):
            return run.null("working days after 要日期和天数")
        try:
            return calendar.working_days_after(_day(start), int(count))
        except (ValueError, OverflowError):
            return run.null(
                f"working days after 的天数要在 0 到 {REACH} 之间，年份要在 1 到 9999 之间"
            )

    def between(run: Any, start: Any, end: Any) -> Any:
        if not isinstance(start, date) or not isinstance(end, date):
            return run.null("working days between 要两个日期")
        try:
            return Decimal(calendar.working_days_between(_day(start), _day(end)))
        except (ValueError, OverflowError):
            return run.null("working days between 的两个日期相隔太久，或年份不在 1 到 9999 之间")

    def fault(run: Any, name: Any, text: Any) -> Any:
        if not isinstance(name, str) or not isinstance(text, str):
            return run.null("setting fault 要设置名和文字")
        return fault_of_text(settings or {}, name, text)

    return {
        "last day of period": Function(
            ("from", "months"), period, required=2, name="last day of period"
        ),
        "working days after": Function(("from", "n"), after, required=2, name="working days after"),
        "working days between": Function(
            ("from", "to"), between, required=2, name="working days between"
        ),
        "setting fault": Function(("name", "text"), fault, required=2, name="setting fault"),
    }


HOST_NAMES = ("last day of period", "working days after", "working days between", "setting fault")


def _day(value: date) -> date:
    return date(value.year, value.month, value.day)
