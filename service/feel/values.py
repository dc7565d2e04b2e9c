"""Values of FEEL that Python lacks: durations, ranges, functions; and the name of a value's type.

Numbers are Decimal with 34 digits, strings str, dates date, times Time, date-times datetime,
lists list, contexts dict (DMN 1.5, 10.3.2).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal, DivisionByZero, InvalidOperation, Overflow
from typing import Any

from service.feel.far import Far

NUMBERS = Context(
    prec=34,
    rounding=ROUND_HALF_EVEN,
    Emax=6144,
    Emin=-6143,
    traps=[InvalidOperation, DivisionByZero, Overflow],
)


@dataclass(frozen=True, order=True)
class YearsMonths:
    """A duration of whole months (DMN 1.5, 10.3.2.3.7)."""

    months: int

    @classmethod
    def bounded(cls, months: Decimal | int) -> YearsMonths:
        """A duration of so many whole months. Raises OverflowError when no calendar is that long."""
        return cls(whole(Decimal(months)))

    def __str__(self) -> str:
        years, months = divmod(abs(self.months), 12)
        text = (f"{years}Y" if years else "") + (f"{months}M" if months else "")
        return ("-" if self.months < 0 else "") + "P" + (text or "0M")


@dataclass(frozen=True, order=True)
class DaysTime:
    """A duration of days and time; `seconds` is exact to nine digits."""

    seconds: Decimal

    @classmethod
    def bounded(cls, seconds: Decimal) -> DaysTime:
        """A duration of so many seconds. Raises OverflowError when no calendar is that long."""
        if not fits(seconds):
            raise OverflowError("seconds")
        return cls(seconds)

    @classmethod
    def of(cls, delta: timedelta) -> DaysTime:
        """The duration of a timedelta."""
        return cls(
            Decimal(delta.days * 86400 + delta.seconds) + Decimal(delta.microseconds) / 1_000_000
        )

    @property
    def delta(self) -> timedelta:
        """As timedelta, to the microsecond. Raises OverflowError beyond its range."""
        return timedelta(microseconds=int(self.seconds * 1_000_000))

    def __str__(self) -> str:
        whole = int(abs(self.seconds))
        rest = abs(self.seconds) - whole
        days, part = divmod(whole, 86400)
        hours, part = divmod(part, 3600)
        minutes, seconds = divmod(part, 60)
        fraction = format(rest.normalize(), "f")[1:] if rest else ""
        clock = (
            (f"{hours}H" if hours else "")
            + (f"{minutes}M" if minutes else "")
            + (f"{seconds}{fraction}S" if seconds or rest else "")
        )
        text = (f"{days}D" if days else "") + (f"T{clock}" if clock else "")
        return ("-" if self.seconds < 0 else "") + "P" + (text or "T0S")


@dataclass(frozen=True)
class Range:
    """An interval. An end that is not bounded (`(< 10)` has no start) is None; a bounded one that is
    None was written as null, and nothing can be told about it. `(= 10)` is written as a comparison: it is
    no `[10..10]` (DMN 1.5, table 53)."""

    start: Any
    end: Any
    start_included: bool = True
    end_included: bool = True
    start_bounded: bool = True
    end_bounded: bool = True
    compared: bool = False


@dataclass(frozen=True)
class Function:
    """A function: `parameters` by name (the last may repeat when `variadic`), `call` takes them in order.

    `signatures`: its alternatives, when one name stands for several functions.
    """

    parameters: tuple[str, ...]
    call: Callable[..., Any] = field(compare=False)
    variadic: bool = False
    required: int = 0
    name: str = "function"
    types: tuple[str, ...] = ()
    signatures: tuple[Function, ...] = ()


# kinds of values by what handling them costs; tuples, since a union would be made anew at each test
SIZED = (str, list, dict)
NESTED = (list, dict)


def fits(value: Decimal) -> bool:
    """Whether a number can be a position, a length or a duration: 18 digits before the point at most.

    No list, text or calendar is longer, and integers of thousands of digits take time and memory.
    """
    return value.adjusted() < 18


def whole(value: Decimal) -> int:
    """The integer in a number. Raises OverflowError when it has more digits than `fits` allows."""
    if not fits(value):
        raise OverflowError("whole")
    return int(value)


def kind(value: Any) -> str:
    """The FEEL type of a value (`number`, `string`, `date and time`, …)."""
    exact = _BY_TYPE.get(type(value))
    if exact is not None:
        return exact
    if isinstance(value, Far):
        return kind(value.near)
    return next((name for python, name in _KINDS if isinstance(value, python)), "any")


_KINDS: tuple[tuple[type, str], ...] = (
    (Decimal, "number"),
    (str, "string"),
    (datetime, "date and time"),
    (date, "date"),
    (time, "time"),
    (YearsMonths, "years and months duration"),
    (DaysTime, "days and time duration"),
    (list, "list"),
    (dict, "context"),
    (Range, "range"),
    (Function, "function"),
)

_BY_TYPE: dict[type, str] = {**dict(_KINDS), bool: "boolean", type(None): "null"}
