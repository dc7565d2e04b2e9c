"""Facts of an XML element: its attributes, and everything in it that is not an item of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from service.difference.items import Fact, fact
from service.difference.words import aspect_word

# attributes that say nothing more than their absence does, and ids of inner parts
DEFAULTS = {
    ("cancelActivity", "true"),
    ("isSequential", "false"),
    ("isInterrupting", "true"),
    ("isForCompensation", "false"),
    ("startQuantity", "1"),
    ("completionQuantity", "1"),
    ("triggeredByEvent", "false"),
    ("instantiate", "false"),
    ("parallelMultiple", "false"),
    ("isImmediate", "true"),
    ("isClosed", "false"),
    ("hitPolicy", "UNIQUE"),
    ("preferredOrientation", "Rule-as-Row"),
    ("gatewayDirection", "Unspecified"),
    ("eventGatewayType", "Exclusive"),
}
NO_MEANING = {"id", "exporter", "exporterVersion", "schemaLocation", "type", "expressionLanguage"}


def local(node: Any) -> str:
    """The name of a tag or attribute without its namespace."""
    return str(node.tag if hasattr(node, "tag") else node).rpartition("}")[2]


def text(node: Any) -> str:
    """All text within, without white space around it."""
    return "" if node is None else "".join(node.itertext()).strip()


def layout(node: Any) -> str:
    """Shapes and edges as text that does not depend on white space, ids or the order of attributes."""
    return "\n".join(
        f"{local(n)} {sorted((k, _plain(v)) for k, v in n.attrib.items() if k != 'id')}"
        for n in node.iter()
        if isinstance(n.tag, str)
    )


def _plain(value: str) -> str:
    """A number as it is: 30.0 is 30."""
    return value.removesuffix(".0")


def attributes(node: Any, *, besides: frozenset[str] = frozenset()) -> Iterator[tuple[str, str]]:
    """(name, value) of the attributes that mean something, in order of name."""
    for name, value in sorted(node.attrib.items()):
        own = local(name)
        if own in NO_MEANING or own in besides or (own, value) in DEFAULTS:
            continue
        yield own, value


def inner(
    node: Any, is_item: Callable[[Any], bool], prefix: str = "", skip: frozenset[str] = frozenset()
) -> Iterator[tuple[str, Fact]]:
    """Facts of everything below `node`, items left out; keys are paths, numbered where they repeat."""
    seen: Counter[str] = Counter()
    for child in node:
        if not isinstance(child.tag, str) or is_item(child) or local(child) in skip:
            continue
        name = local(child)
        seen[name] += 1
        number = f"[{seen[name]}]" if seen[name] > 1 else ""
        path = f"{prefix}{name}{number}"
        yield from one(path, child)
        yield from inner(child, is_item, f"{path}/", skip)


def one(path: str, node: Any) -> Iterator[tuple[str, Fact]]:
    """The facts of one inner element: that it is there, its own text, its attributes."""
    own = (node.text or "").strip()
    empty = not own and not len(node) and not any(True for _ in attributes(node))
    if own or empty:
        yield path, fact(aspect_word(path), own, own or "有")
    for name, value in attributes(node):
        yield f"{path}@{name}", fact(aspect_word(f"{path}@{name}"), value)
