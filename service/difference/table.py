"""A DMN file as items: decisions, inputs, columns, rules with their cells."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from service.difference.items import Fact, Item, Reading, fact
from service.difference.words import aspect_word, type_word
from service.difference.xml_facts import attributes, inner, layout, local, text
from service.model.xml import read_xml

ITEMS = frozenset({
    "decision", "inputData", "businessKnowledgeModel", "knowledgeSource", "decisionService", "itemDefinition",
    "input", "output", "rule", "import", "DMNDI",
})  # fmt: skip
REQUIRED = ("informationRequirement", "knowledgeRequirement", "authorityRequirement")


def read_table(source: bytes, path: str) -> Reading:
    """The items of a decision file. Raises BadInput."""
    root = read_xml(source, path)
    reading = Reading()
    whole = reading.add(Item(root.get("id") or "", "definitions", "文件", root.get("name") or ""))
    whole.facts.update(_plain(root))
    for node in root:
        if isinstance(node.tag, str) and local(node) == "DMNDI":
            reading.layout += layout(node)
        elif isinstance(node.tag, str) and local(node) in ITEMS:
            _whole(reading, node)
    return reading


POLICIES = {
    "UNIQUE": "唯一",
    "ANY": "任一",
    "FIRST": "首条",
    "PRIORITY": "优先",
    "COLLECT": "汇集",
    "RULE ORDER": "按规则次序",
    "OUTPUT ORDER": "按结果次序",
}


def _whole(reading: Reading, node: Any) -> None:
    kind = local(node)
    item = Item(
        node.get("id") or node.get("name") or kind, kind, type_word(kind), node.get("name") or ""
    )
    reading.add(item)
    item.facts.update(_plain(node))
    wanted = sorted(
        ref.get("href", "").rpartition("#")[2]
        for part in REQUIRED
        for requirement in node.findall(f"{{*}}{part}")
        for ref in requirement
    )
    if wanted:
        item.facts["requires"] = fact(aspect_word("requires"), "、".join(wanted))
    for table in node.iter("{*}decisionTable"):
        policy = table.get("hitPolicy") or "UNIQUE"
        item.facts["hitPolicy"] = fact(
            aspect_word("hitPolicy"),
            policy,
            f"{POLICIES[policy]}（{policy}）" if policy in POLICIES else policy,
        )
        _table(reading, table, item)


def _plain(node: Any) -> Iterator[tuple[str, Fact]]:
    for name, value in attributes(node, besides=frozenset({"name"})):
        yield name, fact(aspect_word(name), value)
    for key, found in inner(node, lambda n: local(n) in ITEMS, skip=frozenset(REQUIRED)):
        aspect = key.removesuffix("/text").removeprefix("decisionTable@")
        yield aspect, Fact(aspect_word(aspect), found.value, found.shown)


def _table(reading: Reading, table: Any, decision: Item) -> None:
    inputs = _columns(reading, table, "input", decision)
    outputs = _columns(reading, table, "output", decision)
    labels = [n.get("name") or f"说明{i}" for i, n in enumerate(table.findall("{*}annotation"), 1)]
    order = []
    for number, node in enumerate(table.findall("{*}rule"), 1):
        name = f"第 {number} 条规则"
        item = Item(
            node.get("id") or f"{decision.id}.rule{number}", "rule", "规则", name, named=False
        )
        reading.add(item)
        item.facts.update(_cells(node, "inputEntry", inputs))
        item.facts.update(_cells(node, "outputEntry", outputs))
        for label, note in zip(labels, node.findall("{*}annotationEntry"), strict=False):
            item.facts[f"note:{label}"] = fact(label, text(note))
        description = node.find("{*}description")
        if description is not None:
            item.facts["description"] = fact("说明", text(description))
        order.append(item.id)
    reading.orders[decision.id, "规则次序"] = tuple(order)
    reading.orders[decision.id, "输入列次序"] = tuple(i.id for i in inputs)
    reading.orders[decision.id, "输出列次序"] = tuple(i.id for i in outputs)


def _columns(reading: Reading, table: Any, kind: str, decision: Item) -> list[Item]:
    found = []
    for number, node in enumerate(table.findall(f"{{*}}{kind}"), 1):
        expression = node.find("{*}inputExpression")
        name = node.get("label") or node.get("name") or text(expression)
        item = Item(node.get("id") or f"{decision.id}.{kind}{number}", kind, type_word(kind), name)
        item.named = bool(node.get("label") or node.get("name"))
        reading.add(item)
        if node.get("name") and node.get("label"):
            item.facts["variable"] = fact("变量", node.get("name"))
        rest = frozenset({"name", "label"})
        for attribute, value in attributes(node, besides=rest):
            item.facts[attribute] = fact(aspect_word(attribute), value)
        for key, fact_ in inner(node, lambda _: False):
            aspect = key.removesuffix("/text")
            item.facts[aspect] = Fact(aspect_word(aspect), fact_.value, fact_.shown)
        found.append(item)
    return found


def _cells(node: Any, kind: str, columns: list[Item]) -> Iterator[tuple[str, Fact]]:
    cells = node.findall(f"{{*}}{kind}")
    for number, cell in enumerate(cells):
        column = columns[number] if number < len(columns) else None
        label = column.name if column else f"多余的第 {number + 1} 格"
        yield f"{kind}:{column.id if column else number}", fact(f"〔{label}〕", text(cell) or "-")
