"""From FEEL text to its parse tree, and what the tree says of itself: names read, literals written."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from lark import Lark, Tree
from lark.exceptions import UnexpectedInput, UnexpectedToken

from service.feel.compile import Scope, compile_tree
from service.feel.compile.build import EPOCH
from service.feel.errors import FeelSyntaxError
from service.feel.functions import BUILTINS
from service.feel.limits import Limits, Run
from service.feel.tokens import NameLexer, normal_name

TYPE_NAMES = ("date and time", "date time", "years and months duration", "days and time duration")
SCOPES = {"for_", "quantified", "function_", "filter", "context"}  # what stands around names inside
PROPERTIES = ("time offset", "start included", "end included")


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


def tree_of(text: str, names: Iterable[str], start: str, limits: Limits) -> Tree[Any]:
    """The parse tree of a text; `start` is a rule of the grammar. Raises FeelSyntaxError."""
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
    pending: list[tuple[Any, int, int]] = [(tree, 1, 0)]
    while pending:
        node, depth, scopes = pending.pop()
        scopes += node.data in SCOPES
        if depth > limits.nesting:
            raise FeelSyntaxError(f"嵌套超过 {limits.nesting} 层", text[:80], 1, 1)
        if scopes > limits.scopes:
            raise FeelSyntaxError(
                f"循环、函数、筛选和上下文嵌套超过 {limits.scopes} 层", text[:80], 1, 1
            )
        pending += [(c, depth + 1, scopes) for c in node.children if isinstance(c, Tree)]


def free_names(tree: Tree[Any]) -> frozenset[str]:
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


def literals(tree: Tree[Any]) -> tuple[Any, ...]:
    """Numbers, texts, truth values and dates that are written."""
    kinds = ("number", "string", "boolean", "at")
    nodes = tree.find_pred(lambda node: node.data in kinds)
    none = Scope({}, None, Run(EPOCH))
    return tuple(compile_tree(node)(none) for node in nodes)


def all_names(tree: Tree[Any]) -> frozenset[str]:
    """Names that stand anywhere in the tree, be they bound there or not."""
    return frozenset(str(node.children[0]) for node in tree.find_data("name"))
