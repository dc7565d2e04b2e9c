"""The county's own functions: what lies outside their reach is null, as FEEL has it, never an error of Python."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.engine import compile_bundle
from service.feel import parse
from service.feel.host import HOST_NAMES, host_functions
from service.model.bundle import read_bundle

CALENDAR = compile_bundle(read_bundle(Path(__file__).parents[2])).calendar
NOW = datetime(2025, 3, 3, 1, tzinfo=UTC)
FUNCTIONS = host_functions(CALENDAR)


def value(text: str, **names: object) -> object:
    return parse(text, names=HOST_NAMES).evaluate(names, now=NOW, functions=FUNCTIONS)


@pytest.mark.parametrize(
    "text",
    [
        'last day of period(date("2025-01-01"), -1)',
        'last day of period(date("2025-01-01"), 200000)',
        'last day of period(date("2025-01-01"), 1e30)',
        'working days after(date("2025-01-01"), -1)',
        'working days after(date("2025-01-01"), 1e9)',
        'working days after(date("9999-12-30"), 5)',
        'working days between(date("0001-01-01"), date("9999-12-31"))',
        'working days between(date("9999-12-31"), date("0001-01-01"))',
    ],
)
def test_beyond_its_reach_is_null(text: str) -> None:
    assert value(text) is None


@given(start=st.dates(), end=st.dates(), number=st.decimals(allow_nan=False, allow_infinity=False))
def test_no_date_and_no_number_is_an_error(start: date, end: date, number: Decimal) -> None:
    for text in (
        "last day of period(a, n)", "working days after(a, n)", "working days between(a, b)",
    ):  # fmt: skip
        found = value(text, a=start, b=end, n=number)
        assert found is None or isinstance(found, date | Decimal)
