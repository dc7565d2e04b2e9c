"""Working days: the week, with the exceptions that the yearly notices of the State Council make."""

from __future__ import annotations

from calendar import isleap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import yaml

from service.model.errors import BadInput

CENTURY = 36_525  # days
REACH = 2000


@dataclass(frozen=True)
class Day:
    """An exception to the week: a weekday that is free, or a weekend day on which offices are open."""

    day: date
    working: bool
    name: str = ""


@dataclass(frozen=True)
class Year:
    """The exceptions of a year in order of date. `provisional`: not yet published (暂定), so that it may change."""

    year: int
    days: tuple[Day, ...]
    source: str
    provisional: bool


@dataclass(frozen=True, eq=False)
class Calendar:
    """Years by number; a year that is missing has no exceptions and is provisional (暂定).

    `kept_by` is the candidate group that keeps it up to date.
    """

    years: Mapping[int, Year] = field(default_factory=dict)
    kept_by: str | None = None
    _open: Mapping[date, bool] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        known = {d.day: d.working for year in self.years.values() for d in year.days}
        object.__setattr__(self, "_open", known)

    @classmethod
    def from_yaml(cls, source: bytes) -> Calendar:
        """Read `years: {2026: {holidays: [...], workdays: [...], source: …, provisional: …}}`. Raises BadInput."""
        try:
            data = yaml.load(source, Loader=yaml.CSafeLoader)
            years = {int(year): _year(int(year), row) for year, row in data["years"].items()}
            return cls(years, data.get("kept_by"))
        except (yaml.YAMLError, KeyError, TypeError, AttributeError, ValueError) as wrong:
            raise BadInput(
                "calendar.yaml 的写法不对，应为 years: {年: {holidays, workdays}}。"
            ) from wrong

    def with_years(self, years: Iterable[Year]) -> Calendar:
        """This calendar with other years in place of its own."""
        return Calendar({**self.years, **{year.year: year for year in years}}, self.kept_by)

    def differences(self, year: Year) -> list[tuple[date, bool, bool]]:
        """(day, open now, open then) for each day that `year` in place of its own would change."""
        other = self.with_years([year])
        first = date(year.year, 1, 1)
        days = [first + timedelta(days=i) for i in range(365 + isleap(year.year))]
        return [
            (day, self.is_working_day(day), other.is_working_day(day))
            for day in days
            if self.is_working_day(day) is not other.is_working_day(day)
        ]

    def is_working_day(self, day: date) -> bool:
        """Whether offices are open on that day."""
        known = self._open.get(day)
        return day.weekday() < 5 if known is None else known

    def is_provisional(self, day: date) -> bool:
        """Whether the year's notice is not published yet, so that the day may still change."""
        year = self.years.get(day.year)
        return year is None or year.provisional

    def working_days_after(self, day: date, count: int) -> date:
        """The `count`-th working day after `day`; `day` itself for 0. Raises ValueError beyond 2,000."""
        if not 0 <= count <= REACH:
            raise ValueError("count of working days out of range")
        while count:
            day += timedelta(days=1)
            count -= self.is_working_day(day)
        return day

    def working_days_between(self, start: date, end: date) -> int:
        """Working days after `start` up to and including `end`; negative when `end` is earlier. Raises ValueError
        when they are more than a century apart.
        """
        if abs((end - start).days) > CENTURY:
            raise ValueError("days too far apart")
        if end < start:
            return -self.working_days_between(end, start)
        return sum(
            self.is_working_day(start + timedelta(days=i)) for i in range(1, (end - start).days + 1)
        )

    def as_json(self) -> list[Any]:
        """All that decides about days, for a digest: `[[year, provisional, [[day, working], …]], …]`."""
        return [
            [
                str(number),
                year.provisional,
                [[d.day.isoformat(), d.working] for d in year.days],
            ]
            for number, year in sorted(self.years.items())
        ]


def made_year(year: int, days: Iterable[Day], *, source: str, provisional: bool) -> Year:
    """A year in good order. Raises BadInput for a day of another year or one that stands in it twice."""
    found = sorted(days, key=lambda d: d.day)
    for day in found:
        if day.day.year != year:
            raise BadInput(f"{day.day} 不在{year}年，请改正。")
    if len({d.day for d in found}) != len(found):
        raise BadInput(f"{year}年有一天写了两次，请删去一次。")
    return Year(year, tuple(found), source, provisional)


def _year(number: int, row: Mapping[str, Any]) -> Year:
    days = [
        Day(_date(day), working, str(name or ""))
        for key, working in (("holidays", False), ("workdays", True))
        for day, name in _named(row.get(key))
    ]
    return made_year(
        number, days, source=str(row.get("source") or ""), provisional=bool(row.get("provisional"))
    )


def _named(days: Any) -> Iterable[tuple[Any, str]]:
    """Days with names: a list of days, or days with their names."""
    return days.items() if isinstance(days, Mapping) else ((day, "") for day in days or ())


def _date(day: Any) -> date:
    if not isinstance(day, date):
        raise ValueError(day)
    return day
