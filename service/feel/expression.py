"""Parse FEEL text into an Expression or UnaryTests, and evaluate them."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from lark import Tree

from service.feel.compile import Code, Scope, Test, compile_tree, tests_code
from service.feel.compile.build import parts
from service.feel.limits import DEFAULT, Limits, Run, refuse_vast
from service.feel.reading import all_names, free_names, literals, tree_of
from service.feel.values import NESTED, NUMBERS, Function

LARGE = 10**34  # integers with more digits are rounded, as all numbers are
# what needs no conversion
READY = frozenset({str, bool, type(None)})


def incoming(value: Any) -> Any:
    """A Python value as FEEL knows it: numbers become Decimal, tuples lists, mappings contexts."""
    if isinstance(value, Decimal):
        return value if value.is_finite() else None
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, int):
        return Decimal(value) if abs(value) < LARGE else NUMBERS.create_decimal(value)
    if isinstance(value, float):
        return NUMBERS.create_decimal(repr(value)) if math.isfinite(value) else None
    if isinstance(value, list | tuple):
        return [incoming(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): incoming(item) for key, item in value.items()}
    return value


def outermost(run: Run, functions: Mapping[str, Function] | None = None) -> Scope:
    """A scope that holds the host's functions; the built-in ones stand behind it."""
    return Scope(functions or {}, None, run)


def _scope(
    context: Mapping[str, Any],
    read: frozenset[str],
    functions: Mapping[str, Function] | None,
    run: Run,
) -> Scope:
    """The scope of an evaluation: of the context only what the text reads is converted."""
    names = {}
    for name in read:
        if name in context:
            value = context[name]
            names[name] = value if type(value) in READY else incoming(value)
    return Scope(names, Scope(functions, None, run) if functions else None, run)


@dataclass(frozen=True)
class Expression:
    """A compiled FEEL expression. `free_names`: the names it takes from the context; `literals`: the
    numbers, strings, truth values and dates that it writes; `read`: all names that stand in it.
    """

    text: str
    free_names: frozenset[str]
    literals: tuple[Any, ...]
    code: Code = field(repr=False, compare=False)
    read: frozenset[str] = field(repr=False, compare=False)

    def evaluate(
        self,
        context: Mapping[str, Any],
        *,
        now: datetime,
        functions: Mapping[str, Function] | None = None,
        limits: Limits = DEFAULT,
        warnings: list[str] | None = None,
    ) -> Any:
        """The value for a context; what cannot be computed is null, with a note in `warnings`.

        Raises FeelLimitExceeded.
        """
        run = Run(now, limits)
        try:
            value = self.code(_scope(context, self.read, functions, run))
            return refuse_vast(value, limits) if isinstance(value, NESTED) else value
        except RecursionError:
            return run.null("嵌套过深")
        finally:
            if warnings is not None:
                warnings.extend(run.warnings)


@dataclass(frozen=True)
class UnaryTests:
    """Compiled unary tests, the content of an input cell of a decision table."""

    text: str
    free_names: frozenset[str]
    literals: tuple[Any, ...]
    test: Test = field(repr=False, compare=False)
    read: frozenset[str] = field(repr=False, compare=False)

    def matches(
        self,
        value: Any,
        context: Mapping[str, Any],
        *,
        now: datetime,
        functions: Mapping[str, Function] | None = None,
        limits: Limits = DEFAULT,
        warnings: list[str] | None = None,
    ) -> bool | None:
        """Whether `value` passes; None when that cannot be told. Raises FeelLimitExceeded."""
        run = Run(now, limits)
        value = incoming(value)
        try:
            scope = _scope(context, self.read, functions, run)
            found = self.test(scope.inner({"?": value}), value)
        except RecursionError:
            run.null("嵌套过深")
            found = None
        finally:
            if warnings is not None:
                warnings.extend(run.warnings)
        return found if isinstance(found, bool) else None


def parse(text: str, *, names: Iterable[str] = (), limits: Limits = DEFAULT) -> Expression:
    """Compile an expression. `names` are names with spaces or signs that the context holds.

    Raises FeelSyntaxError with line and column.
    """
    return _parse(text, frozenset(names), limits)


@functools.lru_cache(maxsize=4096)
def _parse(text: str, names: frozenset[str], limits: Limits) -> Expression:
    tree = tree_of(text, names, "expression", limits)
    return Expression(text, free_names(tree), literals(tree), compile_tree(tree), all_names(tree))


def parse_unary_tests(
    text: str, *, names: Iterable[str] = (), limits: Limits = DEFAULT
) -> UnaryTests:
    """Compile unary tests (DMN 1.5, 7.3.4). Raises FeelSyntaxError."""
    return _parse_tests(text, frozenset(names), limits)


@functools.lru_cache(maxsize=4096)
def _parse_tests(text: str, names: frozenset[str], limits: Limits) -> UnaryTests:
    tree = tree_of(text, names, "unary_tests", limits)
    return UnaryTests(text, free_names(tree), literals(tree), _test(tree), all_names(tree))


def _test(tree: Tree[Any]) -> Test:
    if tree.data == "any_value":
        return lambda scope, value: True
    test = tests_code(parts(tree.children)[0].children)
    return (lambda s, v: _opposite(test(s, v))) if tree.data == "negated" else test


def _opposite(found: bool | None) -> bool | None:
    return None if found is None else not found


def evaluate_text(text: str, context: Mapping[str, Any] | None = None, *, now: datetime) -> Any:
    """Parse and evaluate at once; names of the context are known to the parser."""
    context = context or {}
    return parse(text, names=context).evaluate(context, now=now)
