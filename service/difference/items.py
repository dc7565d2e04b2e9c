"""A file as a set of items with facts: the common shape in which diagrams, tables, forms and lists are compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from service.difference.change import Change


@dataclass(frozen=True)
class Fact:
    """`value` is what is compared, `shown` what people read, `what` the aspect in Chinese."""

    what: str
    value: str
    shown: str


def fact(what: str, value: str, shown: str | None = None) -> Fact:
    """A fact that is shown as it is compared unless said otherwise."""
    return Fact(what, value, value if shown is None else shown)


@dataclass
class Item:
    """Something with an id of its own; `word` is its kind in Chinese.

    `named`: its name is a value of its own; else the name only helps people to find it. `label`: how people call it
    when it has no name.
    """

    id: str
    type: str
    word: str
    name: str
    facts: dict[str, Fact] = field(default_factory=dict)
    named: bool = True
    label: str = ""

    @property
    def summary(self) -> str:
        """Its facts in one line: what is said of an item that came or went."""
        return "；".join(f"{f.what} {f.shown}" for f in self.facts.values() if f.shown)


@dataclass
class Reading:
    """`items` by id; `orders` maps (id, what) to the ids in that order; `layout` is what only moves shapes."""

    items: dict[str, Item] = field(default_factory=dict)
    orders: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    layout: str = ""

    def add(self, item: Item) -> Item:
        """Keep an item; one whose id is taken gets a number behind it."""
        own, number = item.id, 1
        while item.id in self.items:
            number += 1
            item.id = f"{own}#{number}"
        self.items[item.id] = item
        return item


def compare(file: str, old: Reading, new: Reading) -> Iterator[Change]:
    """Differences of two readings of one file, in the order of the new one, what is gone last."""
    for own, item in new.items.items():
        before = old.items.get(own)
        if before is None:
            yield _whole(file, item, "added")
        else:
            yield from _item(file, before, item)
    for own, item in old.items.items():
        if own not in new.items:
            yield _whole(file, item, "removed")
    yield from _orders(file, old, new)
    # where nothing else is said, a shape that moved is
    if old.layout != new.layout and _same(old.items, new.items) and old.orders == new.orders:
        yield Change(file, "", "", "file", "layout", "layout", "仅图形位置变化")


def _same(old: Mapping[str, Item], new: Mapping[str, Item]) -> bool:
    return old == new or (
        old.keys() == new.keys() and not any(list(_item("", old[k], new[k])) for k in old)
    )


def _whole(file: str, item: Item, kind: str) -> Change:
    old, new = (None, item.summary) if kind == "added" else (item.summary, None)
    name = item.name or item.label
    return Change(file, item.id, name, item.type, kind, "item", item.word, old, new)


def _item(file: str, old: Item, new: Item) -> Iterator[Change]:
    def change(aspect: str, what: str, was: str | None, now: str | None) -> Change:
        name = new.name or old.name or new.label
        return Change(file, new.id, name, new.type, "changed", aspect, what, was, now)

    if old.type != new.type:
        apart = old.word != new.word
        yield change(
            "type", "类型", old.word if apart else old.type, new.word if apart else new.type
        )
    if old.name != new.name and (old.named or new.named):
        yield change("name", "名称", old.name, new.name)
    for key in [*new.facts, *(k for k in old.facts if k not in new.facts)]:
        was, now = old.facts.get(key), new.facts.get(key)
        if (was.value if was else None) != (now.value if now else None):
            what = (now or was).what  # type: ignore[union-attr]
            yield change(key, what, was.shown if was else None, now.shown if now else None)


def _orders(file: str, old: Reading, new: Reading) -> Iterator[Change]:
    for (own, what), order in new.orders.items():
        before = old.orders.get((own, what), ())
        was = [ref for ref in before if ref in order]
        now = [ref for ref in order if ref in before]
        if was != now:
            item = new.items.get(own) or Item(own, "file", "文件", "")
            yield Change(
                file, item.id, item.name, item.type, "changed", "order", what,
                "、".join(_called(old, was)), "、".join(_called(new, now)),
            )  # fmt: skip


def _called(reading: Reading, refs: list[str]) -> list[str]:
    return [reading.items[r].name or r if r in reading.items else r for r in refs]
