"""`for`, `some`, `every` and filters."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from service.feel.compile.build import builds, compile_tree, parts
from service.feel.compile.scope import Code, Scope
from service.feel.errors import FeelLimitExceeded
from service.feel.tokens import normal_name
from service.feel.values import Range


@builds("filter")
def _filter(children: list[Any]) -> Code:
    inner, test_tree = compile_tree(children[0]), children[2]
    test = compile_tree(test_tree)

    def apply(scope: Scope) -> Any:
        value = inner(scope)
        items = value if isinstance(value, list) else [] if value is None else [value]
        index = _index(test, scope, items, test_tree)
        if index is not None:
            at = index - 1 if index > 0 else len(items) + index
            return items[at] if index and 0 <= at < len(items) else None
        kept = []
        for item in items:
            scope.run.tick()
            names = {**item, "item": item} if isinstance(item, dict) else {"item": item}
            if test(scope.inner(names)) is True:
                kept.append(item)
        return kept

    return apply


def _index(test: Code, scope: Scope, items: list[Any], tree: Any) -> int | None:
    """The position a filter asks for, when its value is a number; else None."""
    if tree.data in ("compare", "and_", "or_", "between", "in_", "instance", "quantified"):
        return None
    first = items[0] if items else None
    names = {**first, "item": first} if isinstance(first, dict) else {"item": first}
    found = test(scope.inner(names))
    if isinstance(found, Decimal):
        return int(found) if found == int(found) else 0
    return None


def _iterator(tree: Any) -> tuple[str, Callable[[Scope], list[Any] | None]]:
    name, domain = normal_name(str(tree.children[0])), tree.children[2]
    start = compile_tree(domain.children[0])
    if domain.children[1] is None:
        return name, lambda scope: _items(start(scope), scope)
    end = compile_tree(domain.children[2])
    return name, lambda scope: _span(start(scope), end(scope), scope)


def _items(value: Any, scope: Scope) -> list[Any] | None:
    if isinstance(value, list):
        return value
    if isinstance(value, Range):
        low, high = value.start, value.end
        items = _span(low, high, scope)
        if items is None:
            return None
        return items[0 if value.start_included else 1 : None if value.end_included else -1]
    return None if value is None else [value]


def _span(start: Any, end: Any, scope: Scope) -> list[Any] | None:
    if (
        isinstance(start, Decimal)
        and isinstance(end, Decimal)
        and start == int(start)
        and end == int(end)
    ):
        low, high = int(start), int(end)
        step = 1 if high >= low else -1
        if abs(high - low) >= scope.run.limits.items:
            raise FeelLimitExceeded(f"循环超过 {scope.run.limits.items} 次，请改写。")
        return [Decimal(i) for i in range(low, high + step, step)]
    if type(start) is date and type(end) is date:
        step = 1 if end >= start else -1
        count = abs((end - start).days)
        if count >= scope.run.limits.items:
            raise FeelLimitExceeded(f"循环超过 {scope.run.limits.items} 次，请改写。")
        return [date.fromordinal(start.toordinal() + step * i) for i in range(count + 1)]
    scope.run.null("循环的范围应是整数或日期")
    return None


def _rows(
    pairs: list[tuple[str, Callable[[Scope], list[Any] | None]]], scope: Scope
) -> Iterator[Scope | None]:
    """A scope for each combination; later iterators see the earlier names. None: a domain is null."""
    if not pairs:
        yield scope
        return
    (name, domain), rest = pairs[0], pairs[1:]
    items = domain(scope)
    if items is None:
        yield None
        return
    for item in items:
        scope.run.tick()
        yield from _rows(rest, scope.inner({name: item}))


@builds("for_")
def _for(children: list[Any]) -> Code:
    iterators, body_tree = parts(children)
    pairs = [_iterator(child) for child in parts(iterators.children)]
    body = compile_tree(body_tree)

    def apply(scope: Scope) -> Any:
        partial: list[Any] = []
        outer = scope.inner({"partial": partial})
        for row in _rows(pairs, outer):
            if row is None:
                return None
            partial.append(body(row))
            if len(partial) > scope.run.limits.items:
                scope.run.sized(partial)
        return list(partial)

    return apply


@builds("quantified")
def _quantified(children: list[Any]) -> Code:
    some = children[0].type == "SOME"
    iterators, test_tree = parts(children)
    pairs = [_iterator(child) for child in parts(iterators.children)]
    test = compile_tree(test_tree)

    def apply(scope: Scope) -> Any:
        seen = []
        for row in _rows(pairs, scope):
            if row is None:
                return None
            value = test(row)
            if value is some:
                return some
            seen.append(value)
        return None if any(not isinstance(v, bool) for v in seen) else not some

    return apply
