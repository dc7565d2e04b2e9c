"""From parse tree to closure: a builder for each kind of node, registered by the modules beside this one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from lark import Token, Tree

from service.feel.compile.scope import Code, Scope
from service.feel.errors import FeelLimitExceeded
from service.feel.limits import Run

# what these make of constants is the same each time: it is made once
FOLDED = {
    "interval", "open_range", "list_", "negative", "binary", "powers", "compare", "between", "path",
    "grouped", "and_", "or_",
}  # fmt: skip
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NODES_A_STEP = 4
Builder = Callable[[list[Any]], Code]
BUILDERS: dict[str, Builder] = {}


def builds(*kinds: str) -> Callable[[Builder], Builder]:
    """Register a builder for kinds of nodes of the grammar; it takes the node's children."""

    def register(builder: Builder) -> Builder:
        BUILDERS.update(dict.fromkeys(kinds, builder))
        return builder

    return register


def compile_tree(tree: Any) -> Code:
    """The closure of a parse tree; it takes a Scope and gives a value."""
    code = BUILDERS[tree.data](tree.children)
    if tree.data not in FOLDED or constant_of(code):
        return code
    if not all(_is_constant(child) for child in tree.children if isinstance(child, Tree)):
        return code
    try:
        value = code(Scope({}, None, Run(EPOCH)))
    except FeelLimitExceeded:
        return code  # it will say so when it is evaluated
    return code if value is None else constant(value)


def _is_constant(tree: Any) -> bool:
    pending = [tree]
    while pending:
        node = pending.pop()
        if node.data not in FOLDED and node.data not in LITERALS:
            return False
        pending += parts(node.children)
    return True


LITERALS = {"number", "string", "boolean", "at", "comparison_test"}


def constant(value: Any) -> Code:
    """A closure that always gives the value, and says so to `constant_of`."""

    def give(scope: Scope) -> Any:
        return value

    give.constant = (value,)  # type: ignore[attr-defined]
    return give


def constant_of(code: Code) -> tuple[Any, ...]:
    """The value, alone in a tuple, when the closure always gives it; else nothing."""
    found: tuple[Any, ...] = getattr(code, "constant", ())
    return found


def body_steps(tree: Any) -> int:
    """Steps that one run of a body counts for: by its nodes, since plain nodes do not count themselves.

    A name weighs double, as scopes may stand around it.
    """
    nodes = 0
    for node in tree.iter_subtrees():
        nodes += 2 if node.data == "name" else 1
    return 1 + nodes // NODES_A_STEP


def mentions(tree: Any, name: str) -> bool:
    """Whether the name stands anywhere in the tree."""
    return any(str(t) == name for t in tree.scan_values(lambda v: isinstance(v, Token)))


def parts(children: list[Any]) -> list[Any]:
    """The children that are trees, without tokens."""
    return [child for child in children if isinstance(child, Tree)]


@builds("expression", "grouped")
def only(children: list[Any]) -> Code:
    """The closure of the one tree among the children."""
    return compile_tree(parts(children)[0])
