"""Working days: weekends, statutory holidays and make-up days of processes/calendar.yaml."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import yaml

from service.model.errors import BadInput


@dataclass(frozen=True)
class Calendar:
    """`holidays` and `workdays` are exceptions to the week; years outside `years` are provisional (暂定)."""

    holidays: frozenset[date] = frozenset()
    workdays: frozenset[date] = frozenset()
    years: frozenset[int] = frozenset()

    @classmethod
    def from_yaml(cls, source: bytes) -> Calendar:
        """Read `years: {2026: {holidays: [...], workdays: [...], source: …}}`. Raises BadInput."""
        try:
            years = yaml.safe_load(source)["years"]
            return cls(
                frozenset(_days(y.get("holidays") for y in years.values())),
                frozenset(_days(y.get("workdays") for y in years.values())),
                frozenset(int(year) for year, y in years.items() if not y.get("provisional")),
            )
        except (yaml.YAMLError, KeyError, TypeError, AttributeError, ValueError) as wrong:
            raise BadInput(
                "calendar.yaml 的写法不对，应为 years: {年: {holidays, workdays}}。"
            ) from wrong

    def is_working_day(self, day: date) -> bool:
        """Whether offices are open on that day."""
        if day in self.workdays:
            return True
        return day.weekday() < 5 and day not in self.holidays

    def is_provisional(self, day: date) -> bool:
        """Whether the year's notice is not published yet, so that the day may still change."""
        return day.year not in self.years

    def working_days_after(self, day: date, count: int) -> date:
        """The `count`-th working day after `day`; `day` itself for 0. Raises ValueError beyond 2,000."""
        if not 0 <= count <= 2000:
            raise ValueError("count of working days out of range")
        while count:
            day += timedelta(days=1)
            count -= self.is_working_day(day)
        return day

    def working_days_between(self, start: date, end: date) -> int:
        """Working days after `start` up to and including `end`; negative when `end` is earlier."""
        if end < start:
            return -self.working_days_between(end, start)
        return sum(
            self.is_working_day(start + timedelta(days=i)) for i in range(1, (end - start).days + 1)
        )


def _days(groups: Iterable[list[date] | None]) -> Iterable[date]:
    for group in groups:
        for day in group or ():
            if not isinstance(day, date):
                raise ValueError(day)
            yield day
