"""From parse tree to closure: a builder for each kind of node, registered by the modules beside this one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from lark import Tree

from service.feel.compile.scope import Code, Scope
from service.feel.limits import Run

# ranges and lists of literals are the same each time: they are made once
FOLDED = {"interval", "list_", "negative"}
_CHANGING = {"name", "call", "function_", "for_", "quantified", "path", "filter"}
_NOWHERE = Scope({}, None, Run(datetime(1970, 1, 1, tzinfo=UTC)))
Builder = Callable[[list[Any]], Code]
_BUILDERS: dict[str, Builder] = {}


def builds(*kinds: str) -> Callable[[Builder], Builder]:
    """Register a builder for kinds of nodes of the grammar; it takes the node's children."""

    def register(builder: Builder) -> Builder:
        _BUILDERS.update(dict.fromkeys(kinds, builder))
        return builder

    return register


def compile_tree(tree: Any) -> Code:
    """The closure of a parse tree; it takes a Scope and gives a value."""
    code = _BUILDERS[tree.data](tree.children)
    if tree.data in FOLDED and not any(node.data in _CHANGING for node in tree.iter_subtrees()):
        value = code(_NOWHERE)
        return lambda scope: value
    return code


def parts(children: list[Any]) -> list[Any]:
    """The children that are trees, without tokens."""
    return [child for child in children if isinstance(child, Tree)]


@builds("expression", "grouped")
def only(children: list[Any]) -> Code:
    """The closure of the one tree among the children."""
    return compile_tree(parts(children)[0])
