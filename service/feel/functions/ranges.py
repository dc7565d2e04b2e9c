"""Range functions (DMN 1.5, 10.3.4.10) over points and ranges."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from service.feel.functions.declare import builtin
from service.feel.limits import Run
from service.feel.operators import equal, order
from service.feel.values import Range, kind


def _less(a: Any, b: Any) -> bool:
    found = order(a, b)
    if found is None:
        raise ValueError
    return found < 0


def _same(a: Any, b: Any) -> bool:
    found = equal(a, b)
    if found is None:
        raise ValueError
    return found


def before(a: Any, b: Any) -> bool:
    """a lies wholly before b."""
    end, end_in = (a.end, a.end_included) if isinstance(a, Range) else (a, True)
    start, start_in = (b.start, b.start_included) if isinstance(b, Range) else (b, True)
    return _less(end, start) or (_same(end, start) and not (end_in and start_in))


def meets(a: Range, b: Range) -> bool:
    """a ends where b starts, both included."""
    return a.end_included and b.start_included and _same(a.end, b.start)


def overlaps(a: Range, b: Range) -> bool:
    """They share a point."""
    return not before(a, b) and not before(b, a)


def starts(a: Any, b: Range) -> bool:
    """a begins where b begins and does not outlast it."""
    if not isinstance(a, Range):
        return _same(a, b.start) and b.start_included
    within = _less(a.end, b.end) or (_same(a.end, b.end) and (not a.end_included or b.end_included))
    return _same(a.start, b.start) and a.start_included == b.start_included and within


def finishes(a: Any, b: Range) -> bool:
    """a ends where b ends and does not begin earlier."""
    if not isinstance(a, Range):
        return _same(a, b.end) and b.end_included
    within = _less(b.start, a.start) or (
        _same(a.start, b.start) and (not a.start_included or b.start_included)
    )
    return _same(a.end, b.end) and a.end_included == b.end_included and within


def includes(a: Range, b: Any) -> bool:
    """a holds all of b."""
    low, low_in, high, high_in = (
        (b.start, b.start_included, b.end, b.end_included)
        if isinstance(b, Range)
        else (b, True, b, True)
    )
    low_ok = _less(a.start, low) or (_same(a.start, low) and (a.start_included or not low_in))
    high_ok = _less(high, a.end) or (_same(high, a.end) and (a.end_included or not high_in))
    return low_ok and high_ok


def overlaps_before(a: Range, b: Range) -> bool:
    """a begins first, they overlap, and b does not end before a."""
    begins = _less(a.start, b.start) or (
        _same(a.start, b.start) and a.start_included and not b.start_included
    )
    ends = _less(a.end, b.end) or (_same(a.end, b.end) and (not a.end_included or b.end_included))
    return begins and ends and overlaps(a, b)


def overlaps_after(a: Range, b: Range) -> bool:
    """a begins within b and ends after it."""
    begins = _less(b.start, a.start) or (
        _same(a.start, b.start) and b.start_included and not a.start_included
    )
    ends = _less(b.end, a.end) or (_same(a.end, b.end) and a.end_included and not b.end_included)
    late = begins and (ends or _same(a.end, b.end))
    return late and not _less(a.end, b.end) and overlaps(a, b) and (ends or _same(a.end, b.end))


def _declare(name: str, first: str, second: str, test: Callable[[Any, Any], bool]) -> None:
    """`first` and `second`: r for a range, p for a point, b for both."""

    def call(run: Run, a: Any, b: Any) -> bool | None:
        for value, wanted in ((a, first), (b, second)):
            if (wanted == "r") != isinstance(value, Range) and wanted != "b":
                return None
        inner = [v.start if isinstance(v, Range) else v for v in (a, b)]
        if None not in inner and kind(inner[0]) != kind(inner[1]):
            return None
        return test(a, b)

    builtin(f"{name}(point1: any, point2: any)")(call)


_declare("before", "b", "b", before)
_declare("after", "b", "b", lambda a, b: before(b, a))
_declare("meets", "r", "r", meets)
_declare("met by", "r", "r", lambda a, b: meets(b, a))
_declare("overlaps", "r", "r", overlaps)
_declare("overlaps before", "r", "r", overlaps_before)
_declare("overlaps after", "r", "r", overlaps_after)
_declare("finishes", "b", "r", finishes)
_declare("finished by", "r", "b", lambda a, b: finishes(b, a))
_declare("includes", "r", "b", includes)
_declare("during", "b", "r", lambda a, b: includes(b, a))
_declare("starts", "b", "r", starts)
_declare("started by", "r", "b", lambda a, b: starts(b, a))
_declare(
    "coincides",
    "b",
    "b",
    lambda a, b: bool(equal(a, b)),
)
