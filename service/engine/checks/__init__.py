"""What is refused at deployment: silent traps of the engine, names that lead nowhere, wrong FEEL."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from service.engine.checks.carried import carried_problems
from service.engine.checks.elements import element_problems
from service.engine.checks.expressions import declared_variables, expressions, feel_problems
from service.engine.checks.gateways import gateway_problems
from service.engine.checks.whole import process_problems
from service.engine.elements import Element, Process
from service.model.finding import Finding, Problem

if TYPE_CHECKING:
    from service.engine.definition import Definition

MOST = 400  # elements of a process; what looks at ways takes time by the cube of it


def findings(definition: Definition) -> list[Finding]:
    """All findings of a bundle, in order of file and line."""
    found: list[Finding] = []
    declared = declared_variables(definition)
    for process in definition.processes.values():
        if process.path.rsplit("/", 1)[-1] != f"{process.id}.bpmn":
            found.append(
                Finding(process.path, 1, process.id, "file-name", "文件名应与流程 id 相同")
            )
        if len(process.elements) > MOST:
            text = f"一个流程超过 {MOST} 个元素，没有人看得完，请拆成几个流程互相调用"
            found.append(Finding(process.path, 1, process.id, "too-large", text))
            continue
        for element in process.elements.values():
            for rule, text in _element(definition, process, element):
                found.append(Finding(process.path, element.line, element.id, rule, text))
        for line, name, rule, text in process_problems(definition, process, declared):
            found.append(Finding(process.path, line, name, rule, text))
    return sorted(dict.fromkeys(found), key=lambda f: (f.path, f.line, f.element, f.rule))


def _element(definition: Definition, process: Process, element: Element) -> Iterator[Problem]:
    yield from element_problems(definition, element)
    yield from gateway_problems(process, element)
    for text in expressions(element):
        yield from feel_problems(text)


def slips(definition: Definition) -> list[Finding]:
    """What runs and says less than the regulation does: looked at before release, not by the engine."""
    return [
        Finding(process.path, element.line, element.id, rule, text)
        for process in definition.processes.values()
        if len(process.elements) <= MOST
        for element in process.elements.values()
        for rule, text in carried_problems(definition, process, element)
    ]


__all__ = ["Finding", "findings", "slips"]
