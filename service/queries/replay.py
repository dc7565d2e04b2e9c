"""A project as it stood at any moment: the steps of its log, and the diagram at one of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from service.definitions import definition_of
from service.dmn.table import Table
from service.engine import Definition, Element, Process
from service.model.errors import NotFound
from service.model.values import from_json
from service.queries.history import submitted
from service.queries.undone import Undone
from service.store import deployments, history
from service.store.history import StoredEvent

STATES = {"ElementEntered": "now", "ElementLeft": "done", "ElementCancelled": "back"}
ACTS = {
    "start_instance": "发起",
    "complete_task": "办理",
    "fire_timer": "到期",
    "rearm_timers": "改期",
    "deliver_message": "收到消息",
    "deliver_signal": "收到通知",
    "complete_service": "系统办理",
    "claim_task": "签收",
    "release_task": "退签",
    "return_task": "退回",
    "withdraw_task": "撤回",
    "cancel_instance": "关闭",
}
SYSTEM = "系统"


@dataclass(frozen=True)
class Step:
    """One event of the project: the `number` counts from 1, `pass_` the times that its element was done so far."""

    number: int
    seq: int
    at: datetime
    act: str
    who: str
    unit: str
    post: str
    instance_key: str
    process: Process
    element: Element | None
    pass_: int
    waited: timedelta | None
    bundle: str

    @property
    def name(self) -> str:
        """What was done, in words."""
        what = self.element.name if self.element else self.process.name
        return f"{ACTS.get(self.act, self.act)} {what}"


@dataclass(frozen=True)
class Fired:
    """A decision at a step: its name, (input, value), and (rule, clauses, words) of the rules that fired."""

    name: str
    inputs: list[tuple[str, str]]
    rules: list[tuple[str, tuple[str, ...], str]]


@dataclass(frozen=True)
class Moment:
    """The step, what its form said, which decisions fell, and its diagram: states and marks by element."""

    step: Step
    version: int
    newest: int
    values: list[tuple[str, str]]
    decisions: list[Fired]
    states: Mapping[str, str]
    marks: Mapping[str, list[int]]
    open: list[str]


@dataclass
class _Pass:
    """What is known of the elements of one process in one instance while the log is read."""

    states: dict[str, str] = field(default_factory=dict)
    marks: dict[str, list[int]] = field(default_factory=dict)


@dataclass
class Replay:
    """The log of a project, read once; `moment` gives any step of it."""

    connection: Connection
    steps: list[Step]
    events: list[StoredEvent]

    def moment(self, number: int) -> Moment:
        """The project at a step. Raises NotFound outside 1 … number of steps."""
        if not 1 <= number <= len(self.steps):
            raise NotFound(f"这个项目的记录共 {len(self.steps)} 步，没有第 {number} 步。")
        step, event = self.steps[number - 1], self.events[number - 1]
        passes = self._up_to(number)
        here = passes.get((step.instance_key, step.process.id), _Pass())
        definition = definition_of(self.connection, step.bundle)
        values: list[tuple[str, str]] = []
        if event.act == "complete_task":
            values, _ = submitted(self.connection, definition, event.body)
        newest = deployments.newest(self.connection)
        return Moment(
            step,
            deployments.version_of(self.connection, step.bundle),
            deployments.version_of(self.connection, newest) if newest else 0,
            values,
            _decisions(definition, event),
            here.states,
            here.marks,
            _open(definition, passes),
        )

    def number_at(self, seq: int) -> int:
        """The number of the last step up to an event; of the last of all for 0."""
        upto = [step.number for step in self.steps if not seq or step.seq <= seq]
        return upto[-1] if upto else 1

    def _up_to(self, number: int) -> dict[tuple[str, str], _Pass]:
        passes: dict[tuple[str, str], _Pass] = {}
        undone = Undone()
        for step, event in zip(self.steps[:number], self.events[:number], strict=True):
            for process_id, element_id in undone.hear(event):
                here = passes.get((step.instance_key, process_id), _Pass())
                if element_id in here.states:
                    here.states[element_id] = "back"
            for name, fields in event.body.get("effects", ()):
                if name not in STATES:
                    continue
                key = (step.instance_key, fields["process_id"])
                definition = definition_of(self.connection, step.bundle)
                element = definition.element(fields["process_id"], fields["element_id"])
                if name == "ElementEntered" and _begins(element):
                    passes[key] = _Pass()  # another pass through this diagram
                here = passes.setdefault(key, _Pass())
                here.states[element.id] = STATES[name]
            if step.element is not None and event.act == "complete_task":
                here = passes.setdefault((step.instance_key, step.process.id), _Pass())
                here.marks.setdefault(step.element.id, []).append(step.number)
        return passes


def replay(connection: Connection, project_key: str) -> Replay:
    """The steps of a project, those of all its instances in the order of the log."""
    events = [e for e in history.read(connection, project_key=project_key) if e.act in ACTS]
    counts: dict[tuple[str, str, str], int] = {}
    opened: dict[str, _Opened] = {}
    bundles: dict[str, str] = {}
    steps = []
    for number, event in enumerate(events, 1):
        steps.append(_step(connection, number, event, counts, opened, bundles))
        for name, fields in event.body.get("effects", ()):
            if name == "UserTaskCreated":
                place = fields["process_id"], fields["element_id"]
                opened[fields["task_key"]] = _Opened(event.at, place)
    return Replay(connection, steps, events)


@dataclass(frozen=True)
class _Opened:
    """When and where a task came to be."""

    at: datetime
    place: tuple[str, str]


def _step(
    connection: Connection,
    number: int,
    event: StoredEvent,
    counts: dict[tuple[str, str, str], int],
    opened: Mapping[str, _Opened],
    bundles: dict[str, str],
) -> Step:
    body, instance_key = event.body, str(event.instance_key)
    bundle = bundles[instance_key] = body.get("bundle") or bundles[instance_key]
    definition = definition_of(connection, bundle)
    task = opened.get(body.get("task") or "")
    process_id, element_id = task.place if task else _place(body)
    process = definition.processes[process_id]
    element = process.elements.get(element_id)
    key = (instance_key, process_id, element_id)
    if event.act == "complete_task":
        counts[key] = counts.get(key, 0) + 1
    actor = body["actor"]
    system = not actor.get("account_key") or actor["unit_name"] == actor["name"]
    return Step(
        number, event.seq, event.at, event.act,
        SYSTEM if system else actor["name"], actor["unit_name"], actor.get("post") or "",
        instance_key, process, element, counts.get(key, 1),
        event.at - task.at if task and event.act == "complete_task" else None, bundle,
    )  # fmt: skip


def _place(body: Mapping[str, Any]) -> tuple[str, str]:
    """Process and element where the first effect of an event happens."""
    element_id = body.get("element") or ""
    for _, fields in body.get("effects", ()):
        if "process_id" in fields and element_id in ("", fields.get("element_id")):
            return fields["process_id"], fields.get("element_id", "")
    return body["process"], element_id


def _begins(element: Element) -> bool:
    return element.type == "startEvent" and element.parent is None


def _decisions(definition: Definition, event: StoredEvent) -> list[Fired]:
    return [
        _fired(definition, fields)
        for name, fields in event.body.get("effects", ())
        if name == "DecisionEvaluated"
    ]


def _fired(definition: Definition, fields: Mapping[str, Any]) -> Fired:
    decision_id = fields["decision_id"]
    decision = definition.decisions[decision_id].decisions[decision_id]
    table = decision.logic if isinstance(decision.logic, Table) else None
    notes = {rule.id: rule.annotations for rule in table.rules} if table else {}
    labels = (
        dict(zip(decision.input_names, (i.label for i in table.inputs), strict=False))
        if table
        else {}
    )
    rules = [
        (rule, tuple(notes[rule].get("条款", "").split()), notes[rule].get("说明", ""))
        for rule in fields["rules"]
        if rule in notes
    ]
    inputs = [
        (labels.get(name, name), _words(from_json(value)))
        for name, value in fields["inputs"].items()
    ]
    return Fired(decision.name, inputs, rules)


def _words(value: Any) -> str:
    if value is None:
        return "未填"
    if isinstance(value, bool):
        return "是" if value else "否"
    return "、".join(map(str, value)) if isinstance(value, list) else str(value)


def _open(definition: Definition, passes: Mapping[tuple[str, str], _Pass]) -> list[str]:
    """Names of the user tasks that are open at the moment, in all instances."""
    return [
        process.elements[element_id].name
        for (_, process_id), here in passes.items()
        if (process := definition.processes.get(process_id)) is not None
        for element_id, state in here.states.items()
        if state == "now"
        and element_id in process.elements
        and process.elements[element_id].type == "userTask"
    ]
