"""A process as a whole: its start, its flows, its ids, what it contains that the engine cannot do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from service.engine.checks.errors import caught_twice
from service.engine.checks.expressions import feel_problems, unknown_names
from service.engine.elements import Process
from service.engine.xml_index import tag

if TYPE_CHECKING:
    from service.engine.definition import Definition


def process_problems(
    definition: Definition, process: Process, declared: set[str]
) -> Iterator[tuple[int, str, str, str]]:
    """(line, element, rule, sentence) for each thing that is wrong with a process.

    `declared`: the variables that elements of the bundle set.
    """
    for name in process.properties:
        if name != "article":
            yield 1, process.id, "known-property", f"不认识的属性 {name}"
    for clause in process.properties.get("article", "").split():
        if definition.clauses and clause not in definition.clauses:
            yield 1, process.id, "known-clause", f"没有条款 {clause}"
    starts = [e for e in process.elements.values() if e.type == "startEvent" and not e.parent]
    if len(starts) != 1:
        yield 1, process.id, "one-start", f"要有且只有一个开始事件，现有 {len(starts)} 个"
    for flow in process.flows.values():
        if flow.source not in process.elements or flow.target not in process.elements:
            yield flow.line, flow.id, "flow-ends", "顺序流的两端不存在"
        for _, text in feel_problems(flow.condition) if flow.condition else ():
            yield flow.line, flow.id, "feel", text
    ids = Counter(n.get("id") for n in process.root.iter() if isinstance(n.tag, str))
    for name in sorted(i for i, count in ids.items() if i and count > 1):
        yield 1, name, "unique-id", "id 重复"
    for name in unknown_names(definition, process, declared):
        yield 1, process.id, "declared-variable", f"表达式用到的变量 {name} 没有元素声明"
    yield from _unsupported(process)
    for element, text in caught_twice(definition, process):
        yield element.line, element.id, "error-caught-once", text


def _unsupported(process: Process) -> Iterator[tuple[int, str, str, str]]:
    for node in process.root.iter(tag("process")):
        for child in node.iter():
            local = str(child.tag).rpartition("}")[2]
            if local in ("link", "linkEventDefinition", "compensateEventDefinition"):
                yield child.sourceline, local, "event-kind", "不支持的事件"
