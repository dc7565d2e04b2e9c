"""Parse FEEL text into an Expression or UnaryTests, and evaluate them."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from lark import Lark, Tree
from lark.exceptions import UnexpectedInput, UnexpectedToken

from service.feel.compile import Code, Scope, compile_tree, tests_code
from service.feel.errors import FeelSyntaxError
from service.feel.functions import BUILTINS
from service.feel.limits import DEFAULT, Limits, Run
from service.feel.tokens import NameLexer, normal_name
from service.feel.values import NUMBERS, Function

TYPE_NAMES = ("date and time", "date time", "years and months duration", "days and time duration")
PROPERTIES = ("time offset", "start included", "end included")

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@functools.cache
def _parser() -> Lark:
    return Lark(
        Path(__file__).with_name("grammar.lark").read_text(encoding="utf-8"),
        parser="lalr",
        lexer=NameLexer,
        start=["expression", "unary_tests"],
        keep_all_tokens=True,
        maybe_placeholders=True,
    )


def _tree(text: str, names: Iterable[str], start: str, limits: Limits) -> Tree[Any]:
    if len(text) > limits.text:
        raise FeelSyntaxError(f"长度超过 {limits.text} 个字符", text[:80], 1, 1)
    known = frozenset(normal_name(n) for n in names) | _always_known()
    try:
        tree = _parser().parse((text, known, start), start=start)
    except UnexpectedToken as wrong:
        raise _syntax_error(text, wrong) from None
    except UnexpectedInput as wrong:
        raise FeelSyntaxError("写法不对", text, wrong.line, wrong.column) from None
    _refuse_deep(tree, text, limits)
    return tree


@functools.cache
def _always_known() -> frozenset[str]:
    return frozenset(BUILTINS) | frozenset(TYPE_NAMES) | frozenset(PROPERTIES)


def _syntax_error(text: str, wrong: UnexpectedToken) -> FeelSyntaxError:
    token = wrong.token
    if token.type == "$END":
        return FeelSyntaxError("没有写完", text, text.count("\n") + 1, len(text) - text.rfind("\n"))
    return FeelSyntaxError(f"这里不应是 {token}", text, token.line or 1, token.column or 1)


def _refuse_deep(tree: Tree[Any], text: str, limits: Limits) -> None:
    pending: list[tuple[Any, int]] = [(tree, 1)]
    while pending:
        node, depth = pending.pop()
        if depth > limits.nesting:
            raise FeelSyntaxError(f"嵌套超过 {limits.nesting} 层", text[:80], 1, 1)
        pending += [(c, depth + 1) for c in node.children if isinstance(c, Tree)]


def incoming(value: Any) -> Any:
    """A Python value as FEEL knows it: numbers become Decimal, tuples lists, mappings contexts."""
    if isinstance(value, bool) or value is None or isinstance(value, str | Decimal):
        return value
    if isinstance(value, int):
        return Decimal(value)
    if isinstance(value, float):
        return NUMBERS.create_decimal(repr(value))
    if isinstance(value, list | tuple):
        return [incoming(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): incoming(item) for key, item in value.items()}
    return value


class _Context(Mapping[str, Any]):
    """A caller's mapping as a scope: values are converted when they are read."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values_by_name = values
        self.converted: dict[str, Any] = {}

    def __contains__(self, name: object) -> bool:
        return name in self.values_by_name

    def __getitem__(self, name: str) -> Any:
        if name not in self.converted:
            self.converted[name] = incoming(self.values_by_name[name])
        return self.converted[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.values_by_name)

    def __len__(self) -> int:
        return len(self.values_by_name)


def _scope(context: Mapping[str, Any], functions: Mapping[str, Function] | None, run: Run) -> Scope:
    return outermost(run, functions).inner(_Context(context))


def outermost(run: Run, functions: Mapping[str, Function] | None = None) -> Scope:
    """A scope that holds the built-in functions, and the host's."""
    scope = Scope(BUILTINS, None, run)
    return scope.inner(functions) if functions else scope


@dataclass(frozen=True)
class Expression:
    """A compiled FEEL expression. `free_names`: the names it takes from the context; `literals`: the
    numbers, strings, truth values and dates that it writes.
    """

    text: str
    free_names: frozenset[str]
    literals: tuple[Any, ...]
    code: Code = field(repr=False, compare=False)

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
            return self.code(_scope(context, functions, run))
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
    test: Callable[[Scope, Any], Any] = field(repr=False, compare=False)

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
            found = self.test(_scope(context, functions, run).inner({"?": value}), value)
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
    tree = _tree(text, names, "expression", limits)
    return Expression(text, _free_names(tree), _literals(tree), compile_tree(tree))


def parse_unary_tests(
    text: str, *, names: Iterable[str] = (), limits: Limits = DEFAULT
) -> UnaryTests:
    """Compile unary tests (DMN 1.5, 7.3.4). Raises FeelSyntaxError."""
    tree = _tree(text, names, "unary_tests", limits)
    inner = [c for c in tree.children if isinstance(c, Tree)]
    if tree.data == "any_value":
        return UnaryTests(text, frozenset(), (), lambda scope, value: True)
    test = tests_code(inner[0].children)
    if tree.data == "negated":
        return UnaryTests(
            text, _free_names(tree), _literals(tree), lambda s, v: _opposite(test(s, v))
        )
    return UnaryTests(text, _free_names(tree), _literals(tree), test)


def _opposite(found: bool | None) -> bool | None:
    return None if found is None else not found


def _free_names(tree: Tree[Any]) -> frozenset[str]:
    """Names read from the context: all first names, less built-ins and those bound around them."""
    found: set[str] = set()
    pending: list[tuple[Any, frozenset[str]]] = [(tree, frozenset({"?", "item", "partial"}))]
    while pending:
        node, bound = pending.pop()
        if node.data == "name":
            if str(node.children[0]) not in bound:
                found.add(str(node.children[0]))
            continue
        if node.data == "context":
            bound |= {str(k).strip('"') for e in node.find_data("entry") for k in e.children[:1]}
        elif node.data in ("for_", "quantified"):
            bound |= {str(i.children[0]) for i in node.find_data("iterator")}
        elif node.data == "function_":
            bound |= {str(p.children[0]) for p in node.find_data("parameter")}
        if node.data in ("type_", "type_args"):
            continue
        pending += [(c, bound) for c in node.children if isinstance(c, Tree)]
    return frozenset(found - set(BUILTINS))


def _literals(tree: Tree[Any]) -> tuple[Any, ...]:
    kinds = ("number", "string", "boolean", "at")
    nodes = tree.find_pred(lambda node: node.data in kinds)
    none = Scope({}, None, Run(EPOCH))
    return tuple(compile_tree(node)(none) for node in nodes)


def evaluate_text(text: str, context: Mapping[str, Any] | None = None, *, now: datetime) -> Any:
    """Parse and evaluate at once; names of the context are known to the parser."""
    context = context or {}
    return parse(text, names=context).evaluate(context, now=now)
