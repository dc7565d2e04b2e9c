"""Which sequence flows were taken: SpiffWorkflow knows targets only, the log names the flows."""

from __future__ import annotations

from typing import Any

from service.engine.definition import Definition
from service.engine.moment import Moment
from service.engine.workflow import WAITING
from service.model.events import ElementLeft


def note_flows(moment: Moment) -> None:
    """Write the flows that were taken into the events of the elements that were left."""
    for task, element, index in moment.left:
        targets = _targets(moment.definition, task)
        process = moment.definition.processes[element.process_id]
        flows = tuple(
            f for f in element.outgoing if f in process.flows and process.flows[f].target in targets
        )
        moment.events[index] = ElementLeft(task.id, element.process_id, element.id, flows)


def _targets(definition: Definition, task: Any) -> set[str]:
    found: set[str] = set()
    pending = list(task.children)
    while pending:
        child = pending.pop()
        if child._state < WAITING:
            continue
        element = definition.element_of(child)
        if element is None:
            pending += child.children
        elif not element.attached_to:
            found.add(element.id)
    return found
