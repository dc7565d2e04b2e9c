"""List functions (DMN 1.5, 10.3.4.4) and boolean `not`, `all`, `any`, `sort`."""

from __future__ import annotations

import functools
import itertools
from decimal import Decimal
from typing import Any

from service.feel.functions.declare import builtin
from service.feel.limits import Run
from service.feel.operators import arithmetic, conjunction, disjunction, equal, order
from service.feel.values import NUMBERS, DaysTime, Function, YearsMonths


def _flat_arguments(arguments: tuple[Any, ...]) -> list[Any]:
    if len(arguments) == 1 and isinstance(arguments[0], list):
        return arguments[0]
    return list(arguments)


@builtin("not(negand: any)", null_ok=True)
def not_(run: Run, negand: Any) -> bool | None:
    return not negand if isinstance(negand, bool) else None


@builtin("list contains(list: list, element: any)", null_ok=True)
def list_contains(run: Run, items: list[Any] | None, element: Any) -> bool | None:
    if items is None:
        return None
    return any(equal(item, element) is True for item in items)


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
    squares = [NUMBERS.power(NUMBERS.subtract(i, centre), Decimal(2)) for i in items]
    return NUMBERS.sqrt(
        NUMBERS.divide(functools.reduce(NUMBERS.add, squares), Decimal(len(items) - 1))
    )


@builtin("mode(list: any…)", null_ok=True)
def mode(run: Run, *arguments: Any) -> list[Decimal]:
    if _flat_arguments(arguments) == [] and arguments:
        return []
    items = _numbers(arguments)
    run.tick(len(items) * len(items) // 16)
    counts = {item: items.count(item) for item in items}
    return sorted(item for item, n in counts.items() if n == max(counts.values()))


def _logical(arguments: tuple[Any, ...]) -> list[Any] | None:
    items = _flat_arguments(arguments)
    return items


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


@builtin("sublist(list: list, start position: num, [length: num])")
def sublist(run: Run, items: list[Any], start: Decimal, length: Decimal | None = None) -> Any:
    at = int(start)
    if at == 0 or abs(at) > len(items):
        return None
    begin = at - 1 if at > 0 else len(items) + at
    if length is None:
        return items[begin:]
    if length < 1 or begin + int(length) > len(items):
        return None
    return items[begin : begin + int(length)]


@builtin("append(list: list, item: any…)", null_ok=True)
def append(run: Run, items: list[Any] | None, *more: Any) -> list[Any]:
    return [*(items if items is not None else [None]), *more]


@builtin("concatenate(list: list…)")
def concatenate(run: Run, *lists: list[Any]) -> list[Any]:
    return run.sized([item for items in lists for item in items])  # type: ignore[no-any-return]


@builtin("insert before(list: list, position: num, newItem: any)", null_ok=True)
def insert_before(run: Run, items: Any, position: Any, item: Any) -> list[Any] | None:
    if items is None or position is None:
        return None
    at = int(position)
    if at == 0 or abs(at) > len(items):
        return None
    begin = at - 1 if at > 0 else len(items) + at
    return [*items[:begin], item, *items[begin:]]


@builtin("remove(list: list, position: num)")
def remove(run: Run, items: list[Any], position: Decimal) -> list[Any] | None:
    at = int(position)
    if at == 0 or abs(at) > len(items):
        return None
    begin = at - 1 if at > 0 else len(items) + at
    return items[:begin] + items[begin + 1 :]


@builtin("list replace(list: list, position: num, newItem: any)", null_ok=True)
def list_replace_at(run: Run, items: Any, position: Any, item: Any) -> list[Any] | None:
    if items is None or position is None:
        return None
    at = int(position)
    if at == 0 or abs(at) > len(items):
        return None
    begin = at - 1 if at > 0 else len(items) + at
    return [*items[:begin], item, *items[begin + 1 :]]


@builtin("list replace(list: list, match: fn, newItem: any)", null_ok=True)
def list_replace_where(run: Run, items: Any, match: Any, item: Any) -> list[Any] | None:
    if items is None or match is None or len(match.parameters) != 2:
        return None
    found = []
    for old in items:
        verdict = match.call(run, old, item)
        if not isinstance(verdict, bool):
            return None
        found.append(item if verdict else old)
    return found


@builtin("reverse(list: list)")
def reverse(run: Run, items: list[Any]) -> list[Any]:
    return items[::-1]


@builtin("index of(list: list, match: any)", null_ok=True)
def index_of(run: Run, items: list[Any] | None, match: Any) -> list[Decimal] | None:
    if items is None:
        return None
    return [Decimal(i) for i, item in enumerate(items, 1) if equal(item, match) is True]


def _distinct(items: list[Any]) -> list[Any]:
    kept: list[Any] = []
    for item in items:
        if not any(equal(item, other) is True for other in kept):
            kept.append(item)
    return kept


@builtin("distinct values(list: list)")
def distinct_values(run: Run, items: list[Any]) -> list[Any]:
    run.tick(len(items) * len(items) // 4)
    return _distinct(items)


@builtin("union(list: list…)")
def union(run: Run, *lists: list[Any]) -> list[Any]:
    return distinct_values(run, [item for items in lists for item in items])  # type: ignore[no-any-return]


@builtin("duplicate values(list: list)")
def duplicate_values(run: Run, items: list[Any]) -> list[Any]:
    run.tick(len(items) * len(items) // 4)
    return [d for d in _distinct(items) if sum(equal(d, i) is True for i in items) > 1]


@builtin("flatten(list: list)")
def flatten(run: Run, items: list[Any]) -> list[Any]:
    out: list[Any] = []
    pending = items[::-1]
    while pending:
        run.tick()
        item = pending.pop()
        if isinstance(item, list):
            pending.extend(item[::-1])
        else:
            out.append(item)
    return out


@builtin("sort(list: list, [precedes: fn])")
def sort(run: Run, items: list[Any], precedes: Function | None = None) -> list[Any] | None:
    if precedes is None:
        if any(order(a, b) is None for a, b in itertools.pairwise(items)):
            return None
        return sorted(items, key=functools.cmp_to_key(lambda a, b: order(a, b) or 0))
    if len(precedes.parameters) != 2:
        return None

    def compare(a: Any, b: Any) -> int:
        run.tick()
        if precedes.call(run, a, b) is True:
            return -1
        return 1 if precedes.call(run, b, a) is True else 0

    return sorted(items, key=functools.cmp_to_key(compare))
