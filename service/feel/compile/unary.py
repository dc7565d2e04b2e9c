"""Unary tests, and `in`, which holds such tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lark import Token

from service.feel.compile.build import builds, compile_tree, parts
from service.feel.compile.scope import Code, Scope
from service.feel.operators import compare, disjunction, matches


def _comparison_test(children: list[Any]) -> Callable[[Scope, Any], Any]:
    operator, code = str(children[0]), compile_tree(children[1])
    return lambda scope, value: compare(operator, value, code(scope))


def test_code(tree: Any) -> Callable[[Scope, Any], Any]:
    """The closure of one test: it takes the scope and the value tested (bound to `?` in the scope)."""
    if tree.data == "comparison_test":
        return _comparison_test(tree.children)
    if tree.data == "test":
        return test_code(tree.children[0])
    if tree.data == "open_range" and tree.children[1].children[0].type in ("EQ", "NE"):
        return _comparison_test(tree.children[1].children)  # `(= 3)` is a test, not a range
    code = compile_tree(tree)
    mentions = any(str(t) == "?" for t in tree.scan_values(lambda v: isinstance(v, Token)))

    def apply(scope: Scope, value: Any) -> Any:
        found = code(scope)
        if mentions and isinstance(found, bool | None):
            return found
        if isinstance(found, bool) and not isinstance(value, bool) and value is not None:
            return found
        if isinstance(found, list):
            scope.run.charge(found)
        return matches(value, found)

    return apply


def tests_code(children: list[Any]) -> Callable[[Scope, Any], Any]:
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
    return lambda scope: _strict(test, scope, left(scope))


def _strict(test: Callable[[Scope, Any], Any], scope: Scope, value: Any) -> Any:
    return test(scope.inner({"?": value}), value)
