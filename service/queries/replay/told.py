"""What the log of a project tells, read once and kept: its steps, and what each did to the diagrams.

The log only grows, so what was read up to an event stays true; it is found again by that event's hash.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, select

from service.definitions import definition_of
from service.engine import Definition, Process, undone_by
from service.queries.replay.steps import Opened, Step, step_of
from service.store import history
from service.store import tables as t
from service.store.history import StoredEvent

STATES = {"ElementEntered": "now", "ElementLeft": "done", "ElementCancelled": "back"}
KEPT = 8


@dataclass(frozen=True)
class Change:
    """An element of a process took a state; `begins`: the diagram is entered anew; `flows` were taken."""

    process_id: str
    element_id: str
    state: str
    begins: bool
    flows: tuple[str, ...] = ()


@dataclass(frozen=True)
class Effect:
    """What a step did to the diagrams of its instance: the input's number, the changes in order.

    `undone`: numbers of inputs that do not count from here on (退回, 撤回), whose element is `reopened`.
    """

    input: int | None
    changes: tuple[Change, ...]
    undone: tuple[int, ...] = ()
    reopened: tuple[str, str] | None = None


@dataclass(frozen=True)
class Told:
    """The steps of a project, and of each what it did to the diagrams."""

    steps: tuple[Step, ...]
    effects: tuple[Effect, ...]
    processes: Mapping[tuple[str, str], Process]  # by instance and id, as its own bundle has it

    def number_at(self, seq: int) -> int:
        """The number of the last step up to an event; of the last of all for 0."""
        upto = [step.number for step in self.steps if not seq or step.seq <= seq]
        return upto[-1] if upto else 1


_kept: dict[tuple[str, str], Told] = {}


def told(connection: Connection, project_key: str) -> Told:
    """The steps of a project, those of all its instances in the order of the log."""
    last = connection.execute(
        select(t.event.c.hash)
        .where(t.event.c.project_key == project_key)
        .order_by(t.event.c.seq.desc())
        .limit(1)
    ).scalar_one_or_none()
    key = project_key, last or ""
    found = _kept.get(key)
    if found is None:  # threads may read the same twice; none takes away what another holds
        found = _read(connection, project_key)
        while len(_kept) >= KEPT:
            _kept.pop(next(iter(list(_kept))), None)
        _kept[key] = found
    return found


def _read(connection: Connection, project_key: str) -> Told:
    counts: dict[tuple[str, str, str], int] = {}
    opened: dict[str, Opened] = {}
    bundles: dict[str, str] = {}
    processes: dict[tuple[str, str], Process] = {}
    steps: list[Step] = []
    effects: list[Effect] = []
    for event in history.read(connection, project_key=project_key):
        body, instance_key = event.body, str(event.instance_key)
        if event.instance_key is None or not ("input" in body or body.get("task")):
            continue
        bundle = bundles[instance_key] = body.get("bundle") or bundles[instance_key]
        definition = definition_of(connection, bundle)
        task = opened.get(body.get("task") or "")
        steps.append(step_of(len(steps) + 1, event, definition, task, counts))
        effects.append(_effect(event, definition))
        for change in effects[-1].changes:
            process = definition.processes[change.process_id]
            processes.setdefault((instance_key, change.process_id), process)
        for name, fields in body.get("effects", ()):
            if name == "UserTaskCreated":
                place = fields["process_id"], fields["element_id"]
                opened[fields["task_key"]] = Opened(event.at, place)
    return Told(tuple(steps), tuple(effects), processes)


def _effect(event: StoredEvent, definition: Definition) -> Effect:
    changes: list[Change] = []
    undone: tuple[int, ...] = ()
    reopened: tuple[str, str] | None = None
    for name, fields in event.body.get("effects", ()):
        if name in STATES:
            process_id, element_id = fields["process_id"], fields["element_id"]
            element = definition.processes[process_id].elements.get(element_id)
            flows = tuple(fields.get("flows") or ())
            begins = (
                name == "ElementEntered"
                and element is not None
                and element.type == "startEvent"
                and element.parent is None
            )
            changes.append(Change(process_id, element_id, STATES[name], begins, flows))
        elif name == "InstanceReturned":
            undone = tuple(undone_by(event.body["effects"]))
            reopened = fields["process_id"], fields["element_id"]
    return Effect(event.instance_seq, tuple(changes), undone, reopened)
