"""Capital numerals: known ones, and back again for any amount."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.papers.amounts import capital, paper_date


@pytest.mark.parametrize(
    ("yuan", "text"),
    [
        ("0", "零元整"),
        ("0.05", "伍分"),
        ("0.50", "伍角整"),
        ("1", "壹元整"),
        ("10", "壹拾元整"),
        ("102.50", "壹佰零贰元伍角整"),
        ("1007.03", "壹仟零柒元零叁分"),
        ("860000.00", "捌拾陆万元整"),
        ("200000.01", "贰拾万元零壹分"),
        ("100001", "壹拾万零壹元整"),
        ("10010", "壹万零壹拾元整"),
        ("1000100010", "壹拾亿零壹拾万零壹拾元整"),
        ("100000000", "壹亿元整"),
        ("100000001", "壹亿零壹元整"),
        ("243600.00", "贰拾肆万叁仟陆佰元整"),
        ("-12.30", "负壹拾贰元叁角整"),
    ],
)
def test_known(yuan: str, text: str) -> None:
    assert capital(Decimal(yuan)) == text


def read_back(text: str) -> int:
    """Cents of capital numerals, by an independent reading."""
    values = {c: n for n, c in enumerate("零壹贰叁肆伍陆柒捌玖")}
    units = {"拾": 10, "佰": 100, "仟": 1000}
    total = section = digit = cents = 0
    for c in text.removesuffix("整"):
        if c in values:
            digit = values[c]
        elif c in units:
            section, digit = section + digit * units[c], 0
        elif c == "万":
            total, section, digit = total + (section + digit) * 10**4, 0, 0
        elif c == "亿":
            total, section, digit = (total + section + digit) * 10**8, 0, 0
        elif c == "元":
            total, section, digit = total + section + digit, 0, 0
        elif c in "角分":
            cents, digit = cents + digit * (10 if c == "角" else 1), 0
    return total * 100 + cents


@given(st.integers(0, 10**13))
def test_any_amount_reads_back(cents: int) -> None:
    assert read_back(capital(Decimal(cents) / 100)) == cents


def test_dates() -> None:
    assert paper_date(date(2026, 3, 1)) == "2026年3月1日"
    assert paper_date(datetime(2026, 2, 28, 16, tzinfo=UTC)) == "2026年3月1日"
