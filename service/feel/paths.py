"""What stands behind a dot: an entry of a context, or a component of a date, duration or range."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from service.feel.far import Far
from service.feel.limits import Run
from service.feel.temporal import text_of_zone
from service.feel.values import DaysTime, Range, YearsMonths

_DATE: dict[str, Callable[[Any], Any]] = {
    "year": lambda v: Decimal(v.year),
    "month": lambda v: Decimal(v.month),
    "day": lambda v: Decimal(v.day),
    "weekday": lambda v: Decimal(v.isoweekday()),
}
_TIME: dict[str, Callable[[Any], Any]] = {
    "hour": lambda v: Decimal(v.hour),
    "minute": lambda v: Decimal(v.minute),
    "second": lambda v: Decimal(v.second),
    "time offset": lambda v: None if v.utcoffset() is None else DaysTime.of(v.utcoffset()),
    "timezone": lambda v: text_of_zone(v.tzinfo)[1:] if "@" in text_of_zone(v.tzinfo) else None,
}


def _sign(value: Decimal, part: int) -> Decimal:
    return Decimal(-part if value < 0 else part)


_COMPONENTS: list[tuple[type, dict[str, Callable[[Any], Any]]]] = [
    (datetime, {**_DATE, **_TIME}),
    (date, _DATE),
    (time, _TIME),
    (
        YearsMonths,
        {
            "years": lambda v: _sign(Decimal(v.months), abs(v.months) // 12),
            "months": lambda v: _sign(Decimal(v.months), abs(v.months) % 12),
        },
    ),
    (
        DaysTime,
        {
            "days": lambda v: _sign(v.seconds, int(abs(v.seconds)) // 86400),
            "hours": lambda v: _sign(v.seconds, int(abs(v.seconds)) // 3600 % 24),
            "minutes": lambda v: _sign(v.seconds, int(abs(v.seconds)) // 60 % 60),
            "seconds": lambda v: (abs(v.seconds) % 60) * (-1 if v.seconds < 0 else 1),
        },
    ),
    (
        Range,
        {
            "start": lambda v: v.start,
            "end": lambda v: v.end,
            "start included": lambda v: v.start_included,
            "end included": lambda v: v.end_included,
        },
    ),
]


def member(value: Any, name: str, run: Run) -> Any:
    """`value.name`; null when there is no such thing. Never an attribute of a Python object."""
    if isinstance(value, dict):
        return value[name] if name in value else run.null(f"没有 {name}")
    if isinstance(value, Far):
        return Decimal(value.year) if name == "year" else member(value.near, name, run)
    for python, components in _COMPONENTS:
        if isinstance(value, python):
            return components[name](value) if name in components else run.null(f"没有 {name}")
    return run.null(f"没有 {name}")
