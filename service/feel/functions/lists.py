"""List functions that give lists, or places in them (DMN 1.5, 10.3.4.4), and `sort` (10.3.4.7)."""

from __future__ import annotations

import functools
import itertools
from datetime import date
from decimal import Decimal
from typing import Any

from service.feel.calling import invoke
from service.feel.functions.declare import builtin
from service.feel.limits import Run, weight
from service.feel.operators import equal, order
from service.feel.values import Function, whole


@builtin("list contains(list: list, element: any)", null_ok=True)
def list_contains(run: Run, items: list[Any] | None, element: Any) -> bool | None:
    if items is None:
        return None
    run.tick(len(items) // 8)
    return any(equal(item, element) is True for item in items)


@builtin("sublist(list: list, start position: num, [length: num])")
def sublist(run: Run, items: list[Any], start: Decimal, length: Decimal | None = None) -> Any:
    at = whole(start)
    if at == 0 or abs(at) > len(items):
        return None
    begin = at - 1 if at > 0 else len(items) + at
    if length is None:
        return items[begin:]
    if length < 1 or begin + whole(length) > len(items):
        return None
    return items[begin : begin + whole(length)]


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
    at = whole(position)
    if at == 0 or abs(at) > len(items):
        return None
    begin = at - 1 if at > 0 else len(items) + at
    return [*items[:begin], item, *items[begin:]]


@builtin("remove(list: list, position: num)")
def remove(run: Run, items: list[Any], position: Decimal) -> list[Any] | None:
    at = whole(position)
    if at == 0 or abs(at) > len(items):
        return None
    begin = at - 1 if at > 0 else len(items) + at
    return items[:begin] + items[begin + 1 :]


@builtin("list replace(list: list, position: num, newItem: any)", null_ok=True)
def list_replace_at(run: Run, items: Any, position: Any, item: Any) -> list[Any] | None:
    if items is None or position is None:
        return None
    at = whole(position)
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
        verdict = invoke(match, [old, item], run)
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
    run.tick(len(items) // 4)
    return [Decimal(i) for i, item in enumerate(items, 1) if equal(item, match) is True]


def _key(item: Any) -> Any:
    """What equal values have in common, when their type is one whose values can be looked up."""
    return (type(item), item) if type(item) in _LOOKED_UP else None


_LOOKED_UP = {Decimal, str, bool, date, type(None)}


def _groups(run: Run, items: list[Any]) -> list[list[Any]]:
    """Equal items together, in the order of their first ones."""
    run.tick(len(items) // 2)
    by_key: dict[Any, list[Any]] = {}
    others: list[list[Any]] = []
    found = []
    for item in items:
        key = _key(item)
        group = by_key.get(key) if key is not None else _equal_group(run, item, others)
        if group is None:
            group = []
            found.append(group)
            if key is None:
                others.append(group)
            else:
                by_key[key] = group
        group.append(item)
    return found


def _equal_group(run: Run, item: Any, groups: list[list[Any]]) -> list[Any] | None:
    run.tick(1 + weight(item, 8 * run.limits.steps) * len(groups) // 8 + len(groups) // 4)
    return next((group for group in groups if equal(group[0], item) is True), None)


@builtin("distinct values(list: list)")
def distinct_values(run: Run, items: list[Any]) -> list[Any]:
    return [group[0] for group in _groups(run, items)]


@builtin("union(list: list…)")
def union(run: Run, *lists: list[Any]) -> list[Any]:
    return [group[0] for group in _groups(run, [item for items in lists for item in items])]


@builtin("duplicate values(list: list)")
def duplicate_values(run: Run, items: list[Any]) -> list[Any]:
    return [group[0] for group in _groups(run, items) if len(group) > 1]


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
    run.tick(len(items) * len(items).bit_length() // 8)
    if precedes is None:
        if any(order(a, b) is None for a, b in itertools.pairwise(items)):
            return None
        return sorted(items, key=functools.cmp_to_key(lambda a, b: order(a, b) or 0))
    if len(precedes.parameters) != 2:
        return None

    def compare(a: Any, b: Any) -> int:
        if invoke(precedes, [a, b], run) is True:
            return -1
        return 1 if invoke(precedes, [b, a], run) is True else 0

    return sorted(items, key=functools.cmp_to_key(compare))
