"""From parse tree to closure: a builder for each kind of node, registered by the modules beside this one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lark import Tree

from service.feel.compile.scope import Code

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
    return _BUILDERS[tree.data](tree.children)


def parts(children: list[Any]) -> list[Any]:
    """The children that are trees, without tokens."""
    return [child for child in children if isinstance(child, Tree)]


@builds("expression", "grouped")
def only(children: list[Any]) -> Code:
    """The closure of the one tree among the children."""
    return compile_tree(parts(children)[0])
