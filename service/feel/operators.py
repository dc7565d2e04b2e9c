"""Comparison, logic and arithmetic of FEEL values; None stands for null and for 'cannot be told'."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal, DecimalException
from typing import Any

from service.feel.datemath import add_months, apart, instant, is_aware, later, seconds_of
from service.feel.values import NUMBERS, DaysTime, Range, YearsMonths, kind

_PLAIN = frozenset({Decimal, str, date})
_EQUATED = _PLAIN | {bool}
SECOND = 1_000_000  # microseconds
_ORDERS = {"<": (-1,), "<=": (-1, 0), ">": (1,), ">=": (0, 1)}


def equal(a: Any, b: Any) -> bool | None:
    """`a = b`; None when the types cannot be compared (DMN 1.5, table 53)."""
    if a is None or b is None:
        return a is b
    if type(a) is type(b) and type(a) in _EQUATED:
        return bool(a == b)
    left, right = kind(a), kind(b)
    if left != right:
        return None
    if left == "list":
        return _all(equal(x, y) for x, y in zip(a, b, strict=True)) if len(a) == len(b) else False
    if left == "context":
        return _all(equal(a[key], b[key]) for key in a) if a.keys() == b.keys() else False
    if left == "range":
        kinds = _bounds(a) == _bounds(b)
        return kinds and bool(equal(a.start, b.start)) and bool(equal(a.end, b.end))
    if left == "time":
        if (a.tzinfo is None) != (b.tzinfo is None):
            return False
        # values of time and date and time have a resolution of a second (DMN 1.5, 10.3.2.3.5)
        return int(seconds_of(a)) == int(seconds_of(b))
    if left == "date and time":
        return is_aware(a) == is_aware(b) and instant(a) // SECOND == instant(b) // SECOND
    return bool(a == b)


def _bounds(value: Range) -> tuple[bool, ...]:
    bounded = value.start_bounded, value.end_bounded, value.compared
    return value.start_included, value.end_included, *bounded


def _all(results: Any) -> bool | None:
    seen = list(results)
    return False if False in seen else None if None in seen else True


def order(a: Any, b: Any) -> int | None:
    """-1, 0 or 1; None when the two cannot be ordered."""
    if type(a) is type(b) and type(a) in _PLAIN:
        return int(a > b) - int(a < b)
    if a is None or b is None or kind(a) != kind(b) or kind(a) in _UNORDERED:
        return None
    if kind(a) in ("date", "date and time"):
        if is_aware(a) != is_aware(b):
            return None
        a, b = instant(a), instant(b)
    elif isinstance(a, time):
        if (a.tzinfo is None) != (b.tzinfo is None):
            return None
        a, b = seconds_of(a), seconds_of(b)
    return int(a > b) - int(a < b)


_UNORDERED = {"boolean", "list", "context", "range", "function", "any"}


def compare(operator: str, a: Any, b: Any) -> bool | None:
    """`a operator b` for `=`, `!=`, `<`, `<=`, `>`, `>=`."""
    if operator == "=":
        return equal(a, b)
    if operator == "!=":
        same = equal(a, b)
        return None if same is None else not same
    found = order(a, b)
    return None if found is None else found in _ORDERS[operator]


def conjunction(values: list[Any]) -> bool | None:
    """Three-valued `and`; what is not boolean counts as null."""
    if any(v is False for v in values):
        return False
    return True if all(v is True for v in values) else None


def disjunction(values: list[Any]) -> bool | None:
    """Three-valued `or`."""
    if any(v is True for v in values):
        return True
    return False if all(v is False for v in values) else None


def within(value: Any, range_: Range) -> bool | None:
    """Whether a value lies in a range."""
    low = high = True
    if range_.start_bounded:
        above = order(value, range_.start)
        if above is None:
            return None
        low = above >= 0 if range_.start_included else above > 0
    if range_.end_bounded:
        below = order(value, range_.end)
        if below is None:
            return None
        high = below <= 0 if range_.end_included else below < 0
    return low and high if range_.start_bounded or range_.end_bounded else None


def matches(value: Any, test: Any) -> bool | None:
    """`value in test`, where test is a value, a range or a list of such."""
    if isinstance(test, Range) and not isinstance(value, Range):
        return within(value, test)
    if isinstance(test, list):
        if isinstance(value, list) and equal(value, test):
            return True
        return disjunction([matches(value, item) for item in test]) or False
    return equal(value, test)


def arithmetic(operator: str, a: Any, b: Any) -> Any:
    """`a operator b` for `+ - * / **`; None when undefined, out of range or of the wrong types."""
    rule = _RULES.get((operator, kind(a), kind(b)))
    if rule is None:
        return None
    try:
        return rule(a, b)
    except (DecimalException, OverflowError, ValueError, ZeroDivisionError):
        return None


def _months_later(a: Any, b: YearsMonths) -> Any:
    return add_months(a, b.months)


def _clock_later(a: time, b: DaysTime) -> time:
    moved = datetime(2000, 1, 1, a.hour, a.minute, a.second, a.microsecond) + timedelta(
        microseconds=int((b.seconds % 86400) * 1_000_000)
    )
    return moved.time().replace(tzinfo=a.tzinfo)


def _clock_apart(a: time, b: time) -> DaysTime | None:
    if (a.tzinfo is None) != (b.tzinfo is None):
        return None
    return DaysTime(seconds_of(a) - seconds_of(b))


def _power(a: Decimal, b: Decimal) -> Decimal:
    if a.is_zero() and b <= 0:
        if b:
            raise ZeroDivisionError
        return Decimal(1)
    return NUMBERS.power(a, b)


def _negated(b: Any) -> Any:
    return YearsMonths(-b.months) if isinstance(b, YearsMonths) else DaysTime(-b.seconds)


_N, _S, _D, _DT, _T = "number", "string", "date", "date and time", "time"
_YM, _DD = "years and months duration", "days and time duration"
_RULES: dict[tuple[str, str, str], Callable[[Any, Any], Any]] = {
    ("+", _N, _N): NUMBERS.add,
    ("-", _N, _N): NUMBERS.subtract,
    ("*", _N, _N): NUMBERS.multiply,
    ("/", _N, _N): NUMBERS.divide,
    ("**", _N, _N): _power,
    ("+", _S, _S): lambda a, b: a + b,
    ("+", _YM, _YM): lambda a, b: YearsMonths.bounded(a.months + b.months),
    ("-", _YM, _YM): lambda a, b: YearsMonths.bounded(a.months - b.months),
    ("*", _YM, _N): lambda a, b: YearsMonths.bounded(NUMBERS.multiply(a.months, b)),
    ("*", _N, _YM): lambda a, b: YearsMonths.bounded(NUMBERS.multiply(b.months, a)),
    ("/", _YM, _N): lambda a, b: YearsMonths.bounded(NUMBERS.divide(Decimal(a.months), b)),
    ("/", _YM, _YM): lambda a, b: NUMBERS.divide(Decimal(a.months), Decimal(b.months)),
    ("+", _DD, _DD): lambda a, b: DaysTime.bounded(a.seconds + b.seconds),
    ("-", _DD, _DD): lambda a, b: DaysTime.bounded(a.seconds - b.seconds),
    ("*", _DD, _N): lambda a, b: DaysTime.bounded(NUMBERS.multiply(a.seconds, b)),
    ("*", _N, _DD): lambda a, b: DaysTime.bounded(NUMBERS.multiply(b.seconds, a)),
    ("/", _DD, _N): lambda a, b: DaysTime.bounded(NUMBERS.divide(a.seconds, b)),
    ("/", _DD, _DD): lambda a, b: NUMBERS.divide(a.seconds, b.seconds),
    ("-", _T, _T): _clock_apart,
    ("+", _T, _DD): _clock_later,
    ("+", _DD, _T): lambda a, b: _clock_later(b, a),
    ("-", _T, _DD): lambda a, b: _clock_later(a, _negated(b)),
}
for _moment in (_D, _DT):
    _RULES[("+", _moment, _YM)] = _months_later
    _RULES[("+", _YM, _moment)] = lambda a, b: _months_later(b, a)
    _RULES[("-", _moment, _YM)] = lambda a, b: _months_later(a, _negated(b))
    _RULES[("+", _moment, _DD)] = later
    _RULES[("+", _DD, _moment)] = lambda a, b: later(b, a)
    _RULES[("-", _moment, _DD)] = lambda a, b: later(a, _negated(b))
    for _other in (_D, _DT):
        _RULES[("-", _moment, _other)] = apart

__all__ = [
    "arithmetic",
    "compare",
    "conjunction",
    "disjunction",
    "equal",
    "matches",
    "order",
    "within",
]
