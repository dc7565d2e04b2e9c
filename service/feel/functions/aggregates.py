"""What is said of a whole list: counts, sums, extremes, statistics, `all`, `any` (DMN 1.5, 10.3.4.4)."""

from __future__ import annotations

import functools
from collections import Counter
from decimal import Decimal
from typing import Any

from service.feel.functions.declare import builtin
from service.feel.limits import Run
from service.feel.operators import arithmetic, conjunction, disjunction, order
from service.feel.values import NUMBERS, DaysTime, YearsMonths


def _flat_arguments(arguments: tuple[Any, ...]) -> list[Any]:
    if len(arguments) == 1 and isinstance(arguments[0], list):
        return arguments[0]
    return list(arguments)


@builtin("not(negand: any)", null_ok=True)
def not_(run: Run, negand: Any) -> bool | None:
    return not negand if isinstance(negand, bool) else None


@builtin("count(list: list)")
def count(run: Run, items: list[Any]) -> Decimal:
    return Decimal(len(items))


def _extreme(sign: int, arguments: tuple[Any, ...]) -> Any:
    items = _flat_arguments(arguments)
    best = items[0] if items else None
    for item in items:
        found = order(item, best)
        if found is None:
            return None
        if found * sign > 0:
            best = item
    return best


@builtin("min(list: any…)", null_ok=True)
def min_(run: Run, *arguments: Any) -> Any:
    return _extreme(-1, arguments)


@builtin("max(list: any…)", null_ok=True)
def max_(run: Run, *arguments: Any) -> Any:
    return _extreme(1, arguments)


def _numbers(arguments: tuple[Any, ...]) -> list[Decimal]:
    items = _flat_arguments(arguments)
    if not items or not all(isinstance(i, Decimal) for i in items):
        raise ValueError
    return items


@builtin("sum(list: any…)", null_ok=True)
def sum_(run: Run, *arguments: Any) -> Any:
    items = _flat_arguments(arguments)
    if not items:
        return None
    if all(isinstance(i, YearsMonths | DaysTime) for i in items):
        return functools.reduce(lambda a, b: arithmetic("+", a, b), items)
    return functools.reduce(NUMBERS.add, _numbers(arguments))


@builtin("mean(list: any…)", null_ok=True)
def mean(run: Run, *arguments: Any) -> Decimal:
    items = _numbers(arguments)
    return NUMBERS.divide(functools.reduce(NUMBERS.add, items), Decimal(len(items)))


@builtin("product(list: any…)", null_ok=True)
def product(run: Run, *arguments: Any) -> Decimal:
    return functools.reduce(NUMBERS.multiply, _numbers(arguments))


@builtin("median(list: any…)", null_ok=True)
def median(run: Run, *arguments: Any) -> Decimal | None:
    if not _flat_arguments(arguments):
        return None
    items = sorted(_numbers(arguments))
    middle = len(items) // 2
    if len(items) % 2:
        return items[middle]
    return NUMBERS.divide(NUMBERS.add(items[middle - 1], items[middle]), Decimal(2))


@builtin("stddev(list: any…)", null_ok=True)
def stddev(run: Run, *arguments: Any) -> Decimal | None:
    items = _numbers(arguments)
    if len(items) < 2:
        return None
    centre = NUMBERS.divide(functools.reduce(NUMBERS.add, items), Decimal(len(items)))
    apart = [NUMBERS.subtract(i, centre) for i in items]
    squares = [NUMBERS.multiply(a, a) for a in apart]
    return NUMBERS.sqrt(
        NUMBERS.divide(functools.reduce(NUMBERS.add, squares), Decimal(len(items) - 1))
    )


@builtin("mode(list: any…)", null_ok=True)
def mode(run: Run, *arguments: Any) -> list[Decimal]:
    if _flat_arguments(arguments) == [] and arguments:
        return []
    items = _numbers(arguments)
    counts = Counter(items)
    most = max(counts.values())
    return sorted(item for item, n in counts.items() if n == most)


@builtin("all(list: any…)", null_ok=True)
def all_(run: Run, *arguments: Any) -> bool | None:
    return (
        None if arguments == (None,) or not arguments else conjunction(_flat_arguments(arguments))
    )


@builtin("any(list: any…)", null_ok=True)
def any_(run: Run, *arguments: Any) -> bool | None:
    return (
        None if arguments == (None,) or not arguments else disjunction(_flat_arguments(arguments))
    )
