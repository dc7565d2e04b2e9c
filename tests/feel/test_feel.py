"""FEEL: values, names, logic, bounds; nothing of Python can be reached."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.feel import FeelLimitExceeded, FeelSyntaxError, evaluate_text, parse, parse_unary_tests
from service.model.errors import BadInput

NOW = datetime(2026, 2, 28, 1, tzinfo=UTC)


def value(text: str, **names: object) -> object:
    return evaluate_text(text, names, now=NOW)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0.1 + 0.2 = 0.3", True),
        ("2 ** 3 ** 2", Decimal(64)),
        ("-2 ** 2", Decimal(4)),
        ("10 / 4", Decimal("2.5")),
        ("1 / 0", None),
        ("true and null", None),
        ("false and null", False),
        ("true or null", True),
        ("null = null", True),
        ('null = "a"', False),
        ('1 = "1"', None),
        ("5 in (1, 2, > 3)", True),
        ("5 in [1..5)", False),
        ("5 in ]4..6[", True),
        ("[1, 2, 3][item > 1]", [Decimal(2), Decimal(3)]),
        ("[1, 2, 3][-1]", Decimal(3)),
        ("{a: 1, b: a + 1}.b", Decimal(2)),
        ("[{a: 1}, {a: 2}].a", [Decimal(1), Decimal(2)]),
        ("for x in 1..3, y in [10] return x * y", [Decimal(10), Decimal(20), Decimal(30)]),
        ("some x in [1, 2] satisfies x > 1", True),
        ("every x in [1, 2] satisfies x > 1", False),
        ('if 1 > 2 then "a" else "b"', "b"),
        ('date("2026-01-31") + duration("P1M")', date(2026, 2, 28)),
        ("today()", date(2026, 2, 28)),
        ('(date("2026-03-01") - date("2026-02-28")).days', Decimal(1)),
        ('"a" + "b"', "ab"),
        ("[1] instance of list<number>", True),
        ("(function(a, b) a - b)(b: 1, a: 3)", Decimal(2)),
        ("sort([3, 1, 2])", [Decimal(1), Decimal(2), Decimal(3)]),
        ("string(1.50)", "1.5"),
        ("not(null)", None),
    ],
)
def test_values(text: str, expected: object) -> None:
    assert value(text) == expected


def test_chinese_names_and_names_with_spaces() -> None:
    assert (
        value("计划预算 金额 <= 上限", **{"计划预算 金额": Decimal("200000.00"), "上限": 200000})
        is True
    )
    assert value("{项目 名称: 1}.项目 名称") == 1


def test_free_names_are_what_is_read_from_outside() -> None:
    assert parse("a.b + count(c[x > d]) + (for i in l return i)").free_names == {
        "a",
        "c",
        "x",
        "d",
        "l",
    }


@pytest.mark.parametrize(
    ("tests", "given_value", "expected"),
    [
        ("-", 1, True),
        ("> 3, [1..2]", 2, True),
        ('not("a")', "b", True),
        ('not("a")', "a", False),
        ("null", None, True),
        ("? > 2 and ? < 5", 3, True),
    ],
)
def test_unary_tests(tests: str, given_value: object, expected: object) -> None:
    assert parse_unary_tests(tests).matches(given_value, {}, now=NOW) is expected


@pytest.mark.parametrize("text", ["1 +", "(1", '"abc', "a b c d", "1 2", "if a then b", "§"])
def test_wrong_text_says_where(text: str) -> None:
    with pytest.raises(FeelSyntaxError) as wrong:
        parse(text)
    assert wrong.value.line == 1
    assert "列" in wrong.value.message


def test_zero_has_no_sign() -> None:
    assert evaluate_text("string(0 * -1) + string(0 / -5) + string(-0)", {}, now=NOW) == "000"


def test_a_time_in_a_named_zone_has_no_offset_without_a_day() -> None:
    assert evaluate_text('time("10:00:00@Asia/Shanghai").time offset', {}, now=NOW) is None


def test_work_is_bounded() -> None:
    with pytest.raises(FeelLimitExceeded):
        value("for x in 1..9000, y in 1..9000 return x")


@settings(max_examples=200)
@given(st.text(max_size=60))
def test_any_text_gives_a_value_or_a_refusal(text: str) -> None:
    try:
        evaluate_text(text, {}, now=NOW)
    except BadInput as refused:
        assert refused.message


@given(st.decimals(-(10**12), 10**12, places=2), st.decimals(-(10**12), 10**12, places=2))
def test_money_is_exact(a: Decimal, b: Decimal) -> None:
    assert value("a + b - b = a", a=a, b=b) is True
