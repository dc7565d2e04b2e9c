"""What is refused at deployment: silent traps of the engine, names that lead nowhere, wrong FEEL."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from service.engine.checks.elements import element_problems
from service.engine.checks.expressions import expressions, feel_problems
from service.engine.checks.finding import Finding, Problem
from service.engine.checks.gateways import gateway_problems
from service.engine.checks.whole import process_problems
from service.engine.elements import Element, Process

if TYPE_CHECKING:
    from service.engine.definition import Definition


def findings(definition: Definition) -> list[Finding]:
    """All findings of a bundle, in order of file and line."""
    found: list[Finding] = []
    for process in definition.processes.values():
        if process.path.rsplit("/", 1)[-1] != f"{process.id}.bpmn":
            found.append(
                Finding(process.path, 1, process.id, "file-name", "文件名应与流程 id 相同")
            )
        for element in process.elements.values():
            for rule, text in _element(definition, process, element):
                found.append(Finding(process.path, element.line, element.id, rule, text))
        for line, name, rule, text in process_problems(definition, process):
            found.append(Finding(process.path, line, name, rule, text))
    return sorted(found, key=lambda f: (f.path, f.line, f.element, f.rule))


def _element(definition: Definition, process: Process, element: Element) -> Iterator[Problem]:
    yield from element_problems(definition, element)
    yield from gateway_problems(process, element)
    for text in expressions(element):
        yield from feel_problems(text)


__all__ = ["Finding", "findings"]
