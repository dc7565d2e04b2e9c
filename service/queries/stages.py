"""The stages of a project: those passed, those under way, those still expected on its own route."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from service.engine import Definition, Element, Process, expected_path
from service.queries.undone import Undone
from service.store import history as log

DONE, NOW, BACK = "done", "now", "back"
_STATES = {"ElementEntered": NOW, "ElementLeft": DONE, "ElementCancelled": BACK}
MANY_CALLS = 3
_SHOWN_EVENTS = ("endEvent", "intermediateCatchEvent")


@dataclass(frozen=True)
class Stage:
    """A stage: `state` is done, now, back (ended early) or empty; `at`: when that came about; `called`: the process
    that is called there, if one is.
    """

    name: str
    state: str
    at: datetime | None
    called: str | None = None

    @property
    def is_ahead(self) -> bool:
        """Whether it is not over yet."""
        return self.state in ("", NOW)


@dataclass
class Mark:
    """An element as the log has it: its last state, and when."""

    state: str
    at: datetime


def marks_of(
    connection: Connection,
    instance_key: str,
    *,
    events: Iterable[log.StoredEvent] | None = None,
) -> dict[tuple[str, str], Mark]:
    """(process, element) → mark, in the order in which they were first entered. `events`: the log of its project,
    where it is read already.
    """
    marks: dict[tuple[str, str], Mark] = {}
    undone = Undone()
    for event in events or log.read(connection, instance_key=instance_key):
        if event.instance_key != instance_key:
            continue
        for place in undone.hear(event):
            marks[place] = Mark(BACK, event.at)
        for name, fields in event.body.get("effects", ()):
            if name in _STATES:
                place = (fields["process_id"], fields["element_id"])
                mark = marks.setdefault(place, Mark("", event.at))
                mark.state, mark.at = _STATES[name], event.at
    return marks


def drawn_states(process: Process, marks: Mapping[tuple[str, str], Mark]) -> dict[str, str]:
    """Element id → done, now or back for the drawing of a process, in the order of time.

    A boundary event that only waited, or was given up with its activity, is nothing to show.
    """
    return {
        element_id: mark.state
        for (process_id, element_id), mark in marks.items()
        if process_id == process.id
        and element_id in process.elements
        and (mark.state == DONE or process.elements[element_id].type != "boundaryEvent")
    }


def stages_of(
    connection: Connection,
    definition: Definition,
    instance: Any,
    names: Mapping[str, Any],
    now: datetime,
    events: Iterable[log.StoredEvent],
) -> list[Stage]:
    """The called phases of an instance; a phase that is itself made of phases is unfolded.

    Which ones are still to come follows from the diagram and from what is known of the project
    (`names`: facts and variables); phases of other routes are left out. `events`: the project's log.
    """
    marks = marks_of(connection, instance.instance_key, events=events)
    look = _Look(definition, instance.process_id, marks, names, now)
    return list(look.stages(instance.process_id, running=instance.status == "running"))


@dataclass(frozen=True)
class _Look:
    definition: Definition
    root: str
    marks: Mapping[tuple[str, str], Mark]
    names: Mapping[str, Any]
    now: datetime

    def stages(self, process_id: str, *, running: bool) -> Iterator[Stage]:
        """Phases of a process that was entered: by time, then by the flow."""
        process = self.definition.processes[process_id]
        met = [e for (p, e) in self.marks if p == process_id and e in process.elements]
        for element_id in met:
            yield from self.phase(process.elements[element_id], running=running)
        if not running:
            return
        here = [e for e in met if self.is_here(process, e)]
        for element in expected_path(self.definition, process_id, here, self.names, self.now):
            if element.id not in met:
                yield from self.phase(element, running=True)

    def is_here(self, process: Process, element_id: str) -> bool:
        mark = self.marks[process.id, element_id]
        return mark.state == NOW and process.elements[element_id].type != "boundaryEvent"

    def phase(self, element: Element, *, running: bool) -> Iterator[Stage]:
        mark = self.marks.get((element.process_id, element.id))
        if mark and element.process_id == self.root and element.type in _SHOWN_EVENTS:
            yield Stage(element.name, mark.state, mark.at)
        if element.type != "callActivity" or element.called is None:
            return
        if not self.is_unfolded(element.called):
            state, at = (mark.state, mark.at) if mark else ("", None)
            yield Stage(element.name, state, at, element.called)
        elif mark is None:
            yield from self.unmet(element.called)
        else:
            yield from self.stages(element.called, running=running and mark.state == NOW)

    def unmet(self, process_id: str) -> Iterator[Stage]:
        start = self.definition.processes[process_id].start.id
        for element in expected_path(self.definition, process_id, [start], self.names, self.now):
            yield from self.phase(element, running=True)

    def is_unfolded(self, process_id: str) -> bool:
        """Whether a process only strings phases together."""
        inner = self.definition.processes[process_id].elements.values()
        calls = sum(e.type == "callActivity" for e in inner)
        return calls > MANY_CALLS and not any(e.type == "userTask" for e in inner)
