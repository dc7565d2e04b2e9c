"""Range functions (DMN 1.5, 10.3.4.10) over points and ranges."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from service.feel.functions.declare import builtin
from service.feel.limits import Run
from service.feel.operators import equal, order
from service.feel.values import Range, kind

_LOW, _HIGH = object(), object()  # ends of ranges that have none


def _start(value: Any) -> tuple[Any, bool]:
    if isinstance(value, Range):
        return (value.start if value.start_bounded else _LOW), value.start_included
    return value, True


def _end(value: Any) -> tuple[Any, bool]:
    if isinstance(value, Range):
        return (value.end if value.end_bounded else _HIGH), value.end_included
    return value, True


def _less(a: Any, b: Any) -> bool:
    if a is b or a is _HIGH or b is _LOW:
        return False
    if a is _LOW or b is _HIGH:
        return True
    found = order(a, b)
    if found is None:
        raise ValueError
    return found < 0


def _same(a: Any, b: Any) -> bool:
    return a is b or not (_less(a, b) or _less(b, a))


def before(a: Any, b: Any) -> bool:
    """a lies wholly before b."""
    (end, end_in), (start, start_in) = _end(a), _start(b)
    return _less(end, start) or (_same(end, start) and not (end_in and start_in))


def meets(a: Any, b: Any) -> bool:
    """a ends where b starts, both included."""
    (end, end_in), (start, start_in) = _end(a), _start(b)
    return end_in and start_in and _same(end, start)


def overlaps(a: Any, b: Any) -> bool:
    """They share a point."""
    return not before(a, b) and not before(b, a)


def _not_earlier(a: Any, b: Any) -> bool:
    """a begins where b begins, or later."""
    (low, low_in), (other, other_in) = _start(a), _start(b)
    return _less(other, low) or (_same(low, other) and (other_in or not low_in))


def _not_later(a: Any, b: Any) -> bool:
    """a ends where b ends, or earlier."""
    (high, high_in), (other, other_in) = _end(a), _end(b)
    return _less(high, other) or (_same(high, other) and (other_in or not high_in))


def starts(a: Any, b: Any) -> bool:
    """a begins where b begins and does not outlast it."""
    (low, low_in), (other, other_in) = _start(a), _start(b)
    return _same(low, other) and low_in == other_in and (a is low or _not_later(a, b))


def finishes(a: Any, b: Any) -> bool:
    """a ends where b ends and does not begin earlier."""
    (high, high_in), (other, other_in) = _end(a), _end(b)
    return _same(high, other) and high_in == other_in and (a is high or _not_earlier(a, b))


def includes(a: Any, b: Any) -> bool:
    """a holds all of b."""
    return _not_earlier(b, a) and _not_later(b, a)


def overlaps_before(a: Any, b: Any) -> bool:
    """a begins first, they overlap, and b does not end before a."""
    return not _not_earlier(a, b) and _not_later(a, b) and overlaps(a, b)


def coincides(a: Any, b: Any) -> bool:
    """They are the same point, or the same range."""
    return bool(equal(a, b))


Relation = Callable[[Any, Any], bool]
_POINT, _RANGE = "point", "range"
_BETWEEN = {
    (_POINT, _POINT): "point1: point, point2: point",
    (_POINT, _RANGE): "point: point, range: range",
    (_RANGE, _POINT): "range: range, point: point",
    (_RANGE, _RANGE): "range1: range, range2: range",
}


def _declare(name: str, relation: Relation, *pairs: tuple[str, str]) -> None:
    """Declare a function for the pairs of points and ranges that the standard knows."""

    def call(run: Run, a: Any, b: Any) -> bool | None:
        run.tick(2)  # four ends are compared
        ends = [e for v in (a, b) for e in (_start(v)[0], _end(v)[0]) if e not in (_LOW, _HIGH)]
        return relation(a, b) if len({kind(end) for end in ends}) == 1 else None

    for pair in pairs:
        builtin(f"{name}({_BETWEEN[pair]})")(call)


def _opposite(relation: Relation) -> Relation:
    return lambda a, b: relation(b, a)


_BOTH = (_RANGE, _RANGE)
_declare("before", before, *_BETWEEN)
_declare("after", _opposite(before), *_BETWEEN)
_declare("meets", meets, _BOTH)
_declare("met by", _opposite(meets), _BOTH)
_declare("overlaps", overlaps, _BOTH)
_declare("overlaps before", overlaps_before, _BOTH)
_declare("overlaps after", _opposite(overlaps_before), _BOTH)
_declare("finishes", finishes, (_POINT, _RANGE), _BOTH)
_declare("finished by", _opposite(finishes), (_RANGE, _POINT), _BOTH)
_declare("includes", includes, (_RANGE, _POINT), _BOTH)
_declare("during", _opposite(includes), (_POINT, _RANGE), _BOTH)
_declare("starts", starts, (_POINT, _RANGE), _BOTH)
_declare("started by", _opposite(starts), (_RANGE, _POINT), _BOTH)
_declare("coincides", coincides, (_POINT, _POINT), _BOTH)
