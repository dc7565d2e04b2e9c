"""Legal periods (Civil Code 200–204) and working days."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.regulation.calendar import Calendar
from service.regulation.dates import last_day_of_period, local_date, start_of_day

ROOT = Path(__file__).parents[2]
TABLE = """
2025-11-30 3 2026-02-28
2025-11-29 3 2026-02-28
2025-11-28 3 2026-02-28
2025-11-27 3 2026-02-27
2023-11-30 3 2024-02-29
2023-11-29 3 2024-02-29
2023-11-28 3 2024-02-28
2025-11-12 3 2026-02-12
2025-10-08 3 2026-01-08
2026-03-18 36 2029-03-18
2024-02-29 12 2025-02-28
2024-02-29 24 2026-02-28
2024-02-29 36 2027-02-28
2024-02-29 48 2028-02-29
2024-02-28 48 2028-02-28
2023-02-28 12 2024-02-28
2025-01-31 1 2025-02-28
2024-01-31 1 2024-02-29
2025-01-30 1 2025-02-28
2025-01-29 1 2025-02-28
2024-01-30 1 2024-02-29
2024-01-29 1 2024-02-29
2025-03-31 1 2025-04-30
2025-05-31 1 2025-06-30
2025-08-31 1 2025-09-30
2025-10-31 1 2025-11-30
2025-12-31 1 2026-01-31
2025-12-31 2 2026-02-28
2027-12-31 2 2028-02-29
2025-01-31 3 2025-04-30
2025-05-31 3 2025-08-31
2025-07-31 3 2025-10-31
2025-08-31 3 2025-11-30
2025-12-31 3 2026-03-31
2025-06-30 3 2025-09-30
2025-03-31 6 2025-09-30
2025-08-31 6 2026-02-28
2027-08-31 6 2028-02-29
2025-02-28 3 2025-05-28
2024-02-29 3 2024-05-29
2025-12-01 3 2026-03-01
2025-09-01 3 2025-12-01
2025-10-01 12 2026-10-01
2099-12-31 2 2100-02-28
2000-11-30 3 2001-02-28
2025-04-30 1 2025-05-30
2025-05-20 0 2025-05-20
"""


@pytest.mark.parametrize("line", TABLE.split("\n")[1:-1])
def test_last_day_of_period(line: str) -> None:
    start, months, last = line.split()
    assert last_day_of_period(date.fromisoformat(start), int(months)) == date.fromisoformat(last)


def test_a_period_is_not_negative() -> None:
    with pytest.raises(ValueError, match="negative"):
        last_day_of_period(date(2025, 1, 1), -1)


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(0, 120))
def test_it_ends_on_the_day_or_the_months_end(start: date, months: int) -> None:
    last = last_day_of_period(start, months)
    assert (last.year * 12 + last.month) - (start.year * 12 + start.month) == months
    assert last.day <= start.day


def test_a_day_begins_in_shanghai() -> None:
    assert start_of_day(date(2026, 3, 1)).isoformat() == "2026-02-28T16:00:00+00:00"
    assert local_date(start_of_day(date(2026, 3, 1))) == date(2026, 3, 1)


CALENDAR = Calendar.from_yaml((ROOT / "processes/calendar.yaml").read_bytes())


@pytest.fixture
def calendar() -> Calendar:
    return CALENDAR


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2025-10-01", False),
        ("2025-10-08", False),
        ("2025-10-09", True),
        ("2025-10-11", True),
        ("2025-09-28", True),
        ("2026-02-14", True),
        ("2026-02-28", True),
        ("2026-02-17", False),
        ("2025-03-08", False),
        ("2025-03-10", True),
    ],
)
def test_working_days(calendar: Calendar, day: str, works: bool) -> None:
    assert calendar.is_working_day(date.fromisoformat(day)) is works


def test_the_fifth_working_day(calendar: Calendar) -> None:
    assert calendar.working_days_after(date(2025, 9, 30), 1) == date(2025, 10, 9)
    assert calendar.working_days_after(date(2025, 3, 5), 5) == date(2025, 3, 12)


def test_years_without_a_notice_are_provisional(calendar: Calendar) -> None:
    assert calendar.is_provisional(date(2028, 1, 1))
    assert not calendar.is_provisional(date(2025, 1, 1))


@given(st.dates(date(2023, 1, 1), date(2026, 6, 1)), st.integers(1, 60))
def test_between_is_the_inverse_of_after(start: date, count: int) -> None:
    assert CALENDAR.working_days_between(start, CALENDAR.working_days_after(start, count)) == count
