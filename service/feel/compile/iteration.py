"""`for`, `some`, `every`: what they run over, and what comes of it; also for the boxed forms of DMN."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import Any

from service.feel.compile.build import body_steps, builds, compile_tree, mentions, parts
from service.feel.compile.scope import Code, Scope
from service.feel.datemath import DAY, days_from, instant
from service.feel.errors import FeelLimitExceeded
from service.feel.tokens import normal_name
from service.feel.values import NUMBERS, Range, kind, whole


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
        items = _span(value.start, value.end, scope)
        if items is None:
            return None
        return items[0 if value.start_included else 1 : None if value.end_included else -1]
    return None if value is None else [value]


def _span(start: Any, end: Any, scope: Scope) -> list[Any] | None:
    if isinstance(start, Decimal) and isinstance(end, Decimal):
        if start == start.to_integral_value() and end == end.to_integral_value():
            length = NUMBERS.subtract(end, start)
            _refuse_long(abs(length), scope)
            low, step = whole(start), 1 if length >= 0 else -1
            return [Decimal(low + step * i) for i in range(whole(abs(length)) + 1)]
    elif kind(start) == "date" and kind(end) == "date":
        count = (instant(end) - instant(start)) // DAY
        _refuse_long(abs(count), scope)
        return days_from(start, abs(count) + 1, 1 if count >= 0 else -1)
    scope.run.null("循环的范围应是整数或日期")
    return None


def _refuse_long(length: Decimal | int, scope: Scope) -> None:
    most = scope.run.limits.items
    if length >= most:
        raise FeelLimitExceeded(f"循环超过 {most} 次，请改写。")
    scope.run.tick(1 + int(length) // 8)


def _rows(
    pairs: list[tuple[str, Callable[[Scope], list[Any] | None]]], scope: Scope, steps: int
) -> Iterator[Scope | None]:
    """A scope for each combination; later iterators see the earlier names. None: a domain is null."""
    (name, domain), rest = pairs[0], pairs[1:]
    items = domain(scope)
    if items is None:
        yield None
        return
    tick = scope.run.tick
    for item in items:
        tick(steps)
        inner = Scope({name: item}, scope, scope.run)
        if rest:
            yield from _rows(rest, inner, steps)
        else:
            yield inner


def each(variable: str, domain: Any, scope: Scope) -> Iterator[Scope | None]:
    """A scope for each item of a value, as `for variable in value` has it."""
    return _rows([(variable, lambda inner: _items(domain, inner))], scope, 1)


def looped(rows: Iterable[Scope | None], body: Code, scope: Scope, *, partial: bool = True) -> Any:
    """What a body gives for each row; null when there is nothing to run over.

    `partial`: the body reads the results so far, which it gets as they are at its time.
    """
    run, found = scope.run, list[Any]()
    most = run.limits.items
    for row in rows:
        if row is None:
            return None
        if partial:
            run.tick(len(found) // 64)
        inner = Scope({"partial": found[:]}, row, run) if partial else row
        found.append(body(inner))
        if len(found) > most:
            run.sized(found)
    return found


def quantified(rows: Iterable[Scope | None], body: Code, *, some: bool) -> Any:
    """Whether some or every row passes; null when that cannot be told."""
    unknown = False
    for row in rows:
        value: Any = None if row is None else body(row)
        if value is some:
            return some
        unknown |= not isinstance(value, bool)
    return None if unknown else not some


@builds("for_")
def _for(children: list[Any]) -> Code:
    iterators, body_tree = parts(children)
    pairs = [_iterator(child) for child in parts(iterators.children)]
    body, steps = compile_tree(body_tree), body_steps(body_tree)
    partial = mentions(body_tree, "partial") and "partial" not in [name for name, _ in pairs]
    return lambda scope: looped(_rows(pairs, scope, steps), body, scope, partial=partial)


@builds("quantified")
def _quantified(children: list[Any]) -> Code:
    some = children[0].type == "SOME"
    iterators, test_tree = parts(children)
    pairs = [_iterator(child) for child in parts(iterators.children)]
    test, steps = compile_tree(test_tree), body_steps(test_tree)
    return lambda scope: quantified(_rows(pairs, scope, steps), test, some=some)
