"""An error must be caught at one level: of two levels the engine would take the outer one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from service.engine.elements import Element, Process

if TYPE_CHECKING:
    from service.engine.definition import Definition


def caught_twice(definition: Definition, process: Process) -> Iterator[tuple[Element, str]]:
    """Boundary events of a process inside which the same error is caught again, with what to do.

    BPMN 2.0 gives the error to the innermost scope that encloses it, SpiffWorkflow to the outermost.
    """
    for outer in _catching(process):
        scope = process.elements.get(outer.attached_to or "")
        inside = _inside(definition, process, scope, set()) if scope else iter(())
        for inner in inside:
            if _same(outer, inner):
                yield (
                    outer,
                    f"错误 {outer.event_name or inner.event_name or ''} 在里层 "
                    f"{inner.process_id}/{inner.id} 已有边界事件接住，引擎却会交给外层；"
                    "请只在一层接住，或给里层的错误另取代码",
                )


def _catching(process: Process) -> list[Element]:
    return [
        e for e in process.elements.values() if e.type == "boundaryEvent" and e.event == "error"
    ]


def _same(outer: Element, inner: Element) -> bool:
    """Whether one error can meet both; an event without a code catches every error."""
    return None in (outer.event_name, inner.event_name) or outer.event_name == inner.event_name


def _inside(
    definition: Definition, process: Process, scope: Element, seen: set[str]
) -> Iterator[Element]:
    """Error boundary events within a sub-process or a called process, at any depth."""
    if scope.called:
        called = definition.processes.get(scope.called)
        if called is None or called.id in seen:
            return
        seen.add(called.id)
        yield from _catching(called)
        for element in called.elements.values():
            if element.called:
                yield from _inside(definition, called, element, seen)
        return
    for element in process.elements.values():
        if element.parent == scope.id:
            if element.type == "boundaryEvent" and element.event == "error":
                yield element
            if element.called or element.type == "subProcess":
                yield from _inside(definition, process, element, seen)
