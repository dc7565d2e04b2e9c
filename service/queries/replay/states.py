"""The diagrams of a project's instances at a moment: which elements are done, open, returned; which step did them."""

from __future__ import annotations

from dataclasses import dataclass, field

from service.engine import Process
from service.queries.replay.told import Told

Place = tuple[str, str]  # instance, process


@dataclass
class Drawn:
    """The elements of one process in one instance: states by element, numbers of the steps that did
    them; flows that were taken, or were not."""

    process: Process
    states: dict[str, str] = field(default_factory=dict)
    marks: dict[str, list[int]] = field(default_factory=dict)
    flows: dict[str, str] = field(default_factory=dict)


def drawn_at(told: Told, number: int) -> dict[Place, Drawn]:
    """After so many steps. What a return has undone is shown as returned unless it was done again."""
    steps = told.steps[:number]
    undone = {
        (step.instance_key, input_)
        for step, effect in zip(steps, told.effects, strict=False)
        for input_ in effect.undone
    }
    found: dict[Place, Drawn] = {}
    for step, effect in zip(steps, told.effects, strict=False):
        gone = (step.instance_key, effect.input) in undone
        for change in effect.changes:
            place = step.instance_key, change.process_id
            process = told.processes[place]
            if change.begins and not gone:
                found[place] = Drawn(process)  # another pass through this diagram
            here = found.setdefault(place, Drawn(process))
            here.states[change.element_id] = "back" if gone else change.state
            if change.state == "done" and not gone:
                _taken(here, change.element_id, change.flows)
        if effect.reopened:
            place = step.instance_key, effect.reopened[0]
            here = found.setdefault(place, Drawn(told.processes.get(place, step.process)))
            here.states[effect.reopened[1]] = "now"
        if step.element is not None and step.act == "complete_task":
            place = step.instance_key, step.process.id
            here = found.setdefault(place, Drawn(step.process))
            here.marks.setdefault(step.element.id, []).append(step.number)
    return found


def _taken(here: Drawn, element_id: str, flows: tuple[str, ...]) -> None:
    """Which ways were gone from an element; one that was gone before stays so."""
    for ref in here.process.elements[element_id].outgoing if flows else ():
        if ref in flows:
            here.flows[ref] = "done"
        else:
            here.flows.setdefault(ref, "not taken")


def open_tasks(found: dict[Place, Drawn]) -> list[str]:
    """Names of the user tasks that are open, in all instances."""
    return [
        here.process.elements[element_id].name
        for here in found.values()
        for element_id, state in here.states.items()
        if state == "now"
        and element_id in here.process.elements
        and here.process.elements[element_id].type == "userTask"
    ]
