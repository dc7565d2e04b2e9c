"""Whether a token that leaves one element may come to another, through called diagrams too."""

from __future__ import annotations

from collections.abc import Iterator

from service.engine.definition import Definition
from service.engine.elements import Element


def leads_to(definition: Definition, element: Element, wanted: Element) -> bool:
    """Whether the way on from `element` reaches `wanted`.

    What a non-interrupting event begins ends with itself: it does not carry on what its diagram was called for.
    """
    back = not element.attached_to or element.interrupting
    todo, found = list(_onward(definition, element, back)), {(element.process_id, element.id)}
    while todo:
        one = todo.pop()
        place = (one.process_id, one.id)
        if place == (wanted.process_id, wanted.id):
            return True
        if place not in found:
            found.add(place)
            todo.extend(_onward(definition, one, back))
    return False


def _onward(definition: Definition, element: Element, back: bool) -> Iterator[Element]:
    process = definition.processes[element.process_id]
    called = definition.processes.get(element.called or "")
    if called is not None:
        yield called.start
    yield from (e for e in process.elements.values() if e.parent == element.id and not e.incoming)
    yield from _after(definition, element)
    if element.type == "endEvent" and element.parent:
        yield from _after(definition, process.elements[element.parent])
    elif element.type == "endEvent" and back:
        for other in definition.processes.values():
            for call in other.elements.values():
                if call.called == process.id:
                    yield from _after(definition, call)


def _after(definition: Definition, element: Element) -> Iterator[Element]:
    process = definition.processes[element.process_id]
    for name in process.onward[element.id]:
        yield process.elements[name]
