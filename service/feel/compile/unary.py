"""Unary tests, and `in`, which holds such tests."""

from __future__ import annotations

import operator as python
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from service.feel.compile.build import builds, compile_tree, constant_of, mentions, parts
from service.feel.compile.operations import PLAIN
from service.feel.compile.scope import Code, Scope
from service.feel.operators import compare, disjunction, matches
from service.feel.values import NESTED, SIZED, Range

Test = Callable[[Scope, Any], Any]


def _comparison_test(children: list[Any]) -> Test:
    operator, code = str(children[0]), compile_tree(children[1])
    fixed = constant_of(code)
    if fixed and type(fixed[0]) in (Decimal, str):
        right, wanted, plain = fixed[0], type(fixed[0]), PLAIN[operator]

        def apply(scope: Scope, value: Any) -> Any:
            return plain(value, right) if type(value) is wanted else compare(operator, value, right)

        return apply

    def charged(scope: Scope, value: Any) -> Any:
        scope.run.charge(value)
        return compare(operator, value, code(scope))

    return charged


def test_code(tree: Any) -> Test:
    """The closure of one test: it takes the scope and the value tested (bound to `?` in the scope)."""
    if tree.data == "comparison_test":
        return _comparison_test(tree.children)
    if tree.data == "test":
        return test_code(tree.children[0])
    if tree.data == "open_range" and tree.children[1].children[0].type in ("EQ", "NE"):
        return _comparison_test(tree.children[1].children)  # `(= 3)` is a test, not a range
    code = compile_tree(tree)
    fixed = constant_of(code)
    if fixed:
        return _fixed_test(fixed[0])
    return _open_test(code, mentions(tree, "?"))


def _open_test(code: Code, mentioned: bool) -> Test:
    """A test whose value is found each time; when it mentions `?` its truth is the answer."""

    def apply(scope: Scope, value: Any) -> Any:
        found = code(scope)
        if mentioned and (found is None or isinstance(found, bool)):
            return found
        if isinstance(found, bool) and not isinstance(value, bool) and value is not None:
            return found
        if isinstance(found, SIZED):
            scope.run.charge(found, found, value, value)
        return matches(value, found)

    return apply


def _fixed_test(found: Any) -> Test:
    """A test that is a literal: a range, a number, a text, a list of such."""
    if isinstance(found, Range) and type(found.start) is type(found.end) is Decimal:
        return _between_test(found)
    if type(found) in (Decimal, str):
        wanted = type(found)
        return lambda scope, value: (
            value == found if type(value) is wanted else matches(value, found)
        )

    def apply(scope: Scope, value: Any) -> Any:
        if isinstance(found, bool) and not isinstance(value, bool) and value is not None:
            return found
        if isinstance(value, NESTED):
            scope.run.charge(found, value)
        return matches(value, found)

    return apply


def _between_test(range_: Range) -> Test:
    above = python.le if range_.start_included else python.lt
    below = python.le if range_.end_included else python.lt
    low, high = range_.start, range_.end

    def apply(scope: Scope, value: Any) -> Any:
        if type(value) is Decimal:
            return above(low, value) and below(value, high)
        return matches(value, range_)

    return apply


def tests_code(children: list[Any]) -> Test:
    """The closure of several tests: true when one of them is."""
    tests = [test_code(child) for child in parts(children)]
    if len(tests) == 1:
        return tests[0]
    return lambda scope, value: disjunction([test(scope, value) for test in tests])


@builds("in_")
def _in(children: list[Any]) -> Code:
    left, target = compile_tree(children[0]), children[2]
    inner = parts(target.children)[0]
    test = tests_code(inner.children) if target.data == "in_many" else test_code(inner)

    def apply(scope: Scope) -> Any:
        value = left(scope)
        return test(scope.inner({"?": value}), value)

    return apply
