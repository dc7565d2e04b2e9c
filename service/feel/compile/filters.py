"""Filters: `list[condition]`, `list[position]`; also for the boxed form of DMN."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from service.feel.compile.build import body_steps, builds, compile_tree, constant_of
from service.feel.compile.scope import Code, Scope
from service.feel.values import whole

# what these give is never a position
CONDITIONS = {"compare", "and_", "or_", "between", "in_", "instance", "quantified"}


@builds("filter")
def _filter(children: list[Any]) -> Code:
    inner, tree = compile_tree(children[0]), children[2]
    test, steps = compile_tree(tree), body_steps(tree)
    fixed = constant_of(test)
    if fixed and isinstance(fixed[0], Decimal):
        return lambda scope: _at(_items(inner(scope)), fixed[0])
    condition = tree.data in CONDITIONS
    return lambda scope: filtered(inner(scope), test, scope, steps=steps, condition=condition)


def filtered(
    value: Any, test: Code, scope: Scope, *, steps: int = 1, condition: bool = False
) -> Any:
    """The item at the position, or the items that pass; a single value counts as a list of it.

    `condition`: the test is known to give no position.
    """
    items = _items(value)
    if not condition:
        position = test(_about(items[0] if items else None, scope))
        if isinstance(position, Decimal):
            return _at(items, position)
    kept, run = [], scope.run
    for item in items:
        run.tick(steps)
        if test(_about(item, scope)) is True:
            kept.append(item)
    return kept


def _items(value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    return [] if value is None else [value]


def _about(item: Any, scope: Scope) -> Scope:
    """The scope of one item: `item`, and the entries of a context, which may hold another `item`."""
    inner = Scope({"item": item}, scope, scope.run)
    return Scope(item, inner, scope.run) if isinstance(item, dict) else inner


def _at(items: list[Any], position: Decimal) -> Any:
    if position != position.to_integral_value() or abs(position) > len(items) or not position:
        return None
    at = whole(position)
    return items[at - 1 if at > 0 else at]
