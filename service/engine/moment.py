"""One step while it runs: hears each change of state, evaluates, and writes down the events.

It is also what SpiffWorkflow takes for its script engine: whatever SpiffWorkflow wants evaluated is
FEEL, and nothing reaches Python's own evaluation.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask

from service.engine.codec import Loaded
from service.engine.context import check_output, evaluate, is_fact, names_for, storable
from service.engine.decide import decide, variables_of
from service.engine.definition import Definition
from service.engine.skeleton import names_of
from service.engine.workflow import CANCELLED, COMPLETED, READY, STARTED, WAITING
from service.engine.xml_index import Element
from service.feel import DaysTime
from service.model.errors import BadInput, Refused
from service.model.events import (
    DecisionEvaluated,
    ElementCancelled,
    ElementEntered,
    ElementLeft,
    Event,
    FactsSet,
    MessageAwaited,
    MessageAwaitEnded,
    MessageThrown,
    ParticipantAssigned,
    ServiceTaskRequested,
    SignalThrown,
    TimerEnded,
    TimerScheduled,
    UserTaskCancelled,
    UserTaskCompleted,
    UserTaskCreated,
    VariablesSet,
)
from service.model.values import Value
from service.regulation.dates import SHANGHAI, start_of_day

MAX_STEPS = 2000


class Moment:
    """State of one step. `given` holds what a completed task or message brings, by task id."""

    def __init__(self, definition: Definition, facts: Mapping[str, Value], now: datetime) -> None:
        self.definition = definition
        self.facts = dict(facts)
        self.now = now
        self.events: list[Event] = []
        self.given: dict[Any, dict[str, Any]] = {}
        self.ends: list[str] = []
        self.entered: set[Any] = set()
        self.left: list[tuple[Any, Element, int]] = []
        self.loaded: Loaded

    def attach(self, loaded: Loaded) -> None:
        """Listen to an instance from now on."""
        self.loaded = loaded
        self.entered = {t.id for t in loaded.workflow.all_tasks() if t._state >= WAITING}
        loaded.workflow.listener = self.changed

    def names(self, extra: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
        """What an expression sees now."""
        return names_for(self.definition, self.loaded.variables, self.facts, extra)

    def value(self, text: str, element: Element, extra: Mapping[str, Any] | None = None) -> Any:
        """Evaluate FEEL at an element."""
        return evaluate(self.definition, text, self.names(extra), self.now, element)

    # --- what SpiffWorkflow asks of a script engine

    def evaluate(self, task: Any, expression: str, external_context: Any = None) -> Any:
        """A condition of a sequence flow."""
        element = self.definition.element_of(task)
        return evaluate(self.definition, expression, self.names(), self.now, element) is True

    def execute(self, task: Any, script: str, external_context: Any = None) -> bool:
        """A business rule task: its script is the element's name."""
        element = self.definition.element(*names_of(script))
        assert element.decision_id
        self._enter(task, element)
        outcome = decide(self.definition, element, element.decision_id, self.names(), self.now)
        self.events.append(
            DecisionEvaluated(
                str(task.id),
                element.id,
                element.decision_id,
                dict(outcome.inputs),
                tuple(rule.rule_id for rule in outcome.rules),
                outcome.result,
            )
        )
        found = variables_of(self.definition, element, outcome)
        self.given[task.id] = {
            n: v
            for n, v in found.items()
            if n in element.outputs or n == element.properties.get("result")
        }
        return True

    def members(self, task: Any, variable: str) -> list[Any]:
        """Members of a multi-instance; its collecting variable begins empty."""
        element = self.definition.element_of(task)
        assert element and element.loop
        found = self.names().get(variable)
        if not isinstance(found, list):
            raise BadInput(f"{element.process_id}/{element.id}：{variable} 应是一个列表。")
        if element.loop.collects:
            self.loaded.variables[element.loop.collects] = {}
        return list(found)

    def count(self, task: Any, expression: str) -> int:
        """Cardinality of a multi-instance."""
        element = self.definition.element_of(task)
        assert element
        found = self.value(expression, element)
        if not isinstance(found, Decimal) or not 0 <= found <= 1000:
            raise BadInput(f"{element.process_id}/{element.id}：个数应在 0 到 1000 之间。")
        return int(found)

    def holds(self, task: Any, expression: str, counts: Mapping[str, int]) -> bool:
        """Completion condition of a multi-instance."""
        element = self.definition.element_of(task)
        assert element
        return self.value(expression, element, counts) is True

    # --- which tasks run by themselves

    def may_run(self, task: Any) -> bool:
        """False for what waits for a person or an operator."""
        return not task.task_spec.manual

    def holds_up(self, task: Any) -> bool:
        """Whether a live task is something to wait for (a sub-process that has begun is not)."""
        return (
            bool(task._state & (READY | WAITING)) and self.definition.element_of(task) is not None
        )

    # --- changes of state

    def changed(self, task: Any, state: int) -> None:
        """SpiffWorkflow has put a task into a state."""
        element = self.definition.element_of(task)
        if element is None:
            return
        if state in (WAITING, READY, STARTED):
            self._live(task, element, state)
        elif state == COMPLETED:
            self._enter(task, element)
            self._completed(task, element)
        elif state == CANCELLED and task.id in self.entered:
            self._cancelled(task, element)

    def _enter(self, task: Any, element: Element) -> None:
        if task.id in self.entered:
            return
        self.entered.add(task.id)
        parent_id = task.workflow.parent_task_id
        if parent_id is not None:
            parent = self.loaded.workflow.find(parent_id)
            around = self.definition.element_of(parent)
            if parent is not None and around is not None:
                self._enter(parent, around)
        if not _is_member(task):
            self.events.append(ElementEntered(str(task.id), element.process_id, element.id))

    def _live(self, task: Any, element: Element, state: int) -> None:
        first = task.id not in self.entered
        if state == WAITING and not _catches(element):
            return
        self._enter(task, element)
        if state == READY and element.type == "userTask" and not _is_loop(task):
            self._open_task(task, element)
        elif state == READY and element.type == "serviceTask":
            self._request(task, element)
        elif state == WAITING and first:
            self._wait(task, element)

    def _extra(self, task: Any, element: Element) -> dict[str, Any]:
        if element.loop and element.loop.member and "item" in task.internal_data:
            return {element.loop.member: task.internal_data["item"]}
        return {}

    def _open_task(self, task: Any, element: Element) -> None:
        extra = self._extra(task, element)
        group = element.lane_id or ""
        if "group" in element.properties:
            group = self.value(element.properties["group"], element, extra)
        if not isinstance(group, str) or group not in self.definition.groups.groups:
            raise BadInput(f"{element.process_id}/{element.id}：没有候选组 {group}。")
        due = (
            self.value(element.properties["due"], element, extra)
            if "due" in element.properties
            else None
        )
        member = task.internal_data.get("item") if _is_member(task) else None
        self.events.append(
            UserTaskCreated(
                str(task.id),
                element.process_id,
                element.id,
                group,
                None if member is None else str(member),
                None if due is None else end_of(due),
            )
        )

    def _request(self, task: Any, element: Element) -> None:
        parameters = {
            name: storable(element, name, self.value(text, element))
            for name, text in element.family("in").items()
        }
        self.events.append(
            ServiceTaskRequested(
                str(task.id),
                element.process_id,
                element.id,
                element.properties["operator"],
                parameters,
            )
        )

    def _wait(self, task: Any, element: Element) -> None:
        if element.event == "timer":
            assert element.timer
            due = self._due(element).astimezone(UTC)
            task.internal_data["due"] = due.isoformat()
            self.events.append(TimerScheduled(str(task.id), element.process_id, element.id, due))
        elif element.event in ("message", "signal"):
            self.events.append(
                MessageAwaited(
                    str(task.id), element.process_id, element.id, element.event_name or ""
                )
            )

    def _due(self, element: Element) -> datetime:
        assert element.timer
        text = element.timer
        if text.startswith(("P", "-P")) or text[:1].isdigit():
            text = f'@"{text}"'
        found = self.value(text, element)
        if isinstance(found, DaysTime):
            return self.now + found.delta
        if isinstance(found, datetime):
            return found if found.tzinfo else found.replace(tzinfo=SHANGHAI)
        if isinstance(found, date):
            return start_of_day(found)
        raise Refused(f"{element.name or element.id}：定时器没有得到日期（{element.timer}）。")

    def _completed(self, task: Any, element: Element) -> None:
        key = str(task.id)
        if _is_loop(task):
            self.events.append(ElementLeft(key, element.process_id, element.id))
            return
        given = self.given.pop(task.id, {})
        if element.type == "userTask":
            self.events.append(UserTaskCompleted(key, element.process_id, element.id))
        elif element.event == "timer":
            self.events.append(TimerEnded(key, element.id, fired=True))
        elif element.event in ("message", "signal") and _catches(element):
            self.events.append(
                MessageAwaitEnded(key, element.id, element.event_name or "", received=True)
            )
        if _is_member(task):
            self._collect(task, element, given)
            return
        self._set(task, element, given)
        self.left.append((task, element, len(self.events)))
        self.events.append(ElementLeft(key, element.process_id, element.id))
        if element.type == "endEvent" and task.workflow is self.loaded.workflow:
            self.ends.append(element.id)

    def _collect(self, task: Any, element: Element, given: dict[str, Any]) -> None:
        assert element.loop
        if not element.loop.collects:
            self._set(task, element, given)
            return
        so_far = dict(self.loaded.variables.get(element.loop.collects) or {})
        so_far[str(task.internal_data["item"])] = given
        self.loaded.variables[element.loop.collects] = so_far
        self.events.append(VariablesSet({element.loop.collects: so_far}))  # type: ignore[dict-item]

    def _set(self, task: Any, element: Element, given: dict[str, Any]) -> None:
        """Outputs given, constants and expressions of the element, in this order; then what it sends."""
        found = dict(given)
        extra = self._extra(task, element)
        if element.type != "userTask":
            for name, text in element.family("out").items():
                value = self.value(text, element, {**extra, **found})
                if name in element.outputs:
                    check_output(element, element.outputs[name], value)
                found[name] = value
        for part in filter(
            None, (p.strip() for p in element.properties.get("sets", "").split(";"))
        ):
            name, _, constant = part.partition(":")
            found[name.strip()] = constant.strip()
        self.store(element, found)
        for group, text in element.family("assigns").items():
            unit = self.value(text, element, extra)
            if isinstance(unit, str) and unit:
                self.events.append(ParticipantAssigned(group, unit))
        self._throw(element, extra)

    def _throw(self, element: Element, extra: dict[str, Any]) -> None:
        if _catches(element) or element.type == "startEvent" or not element.event_name:
            return
        if element.event == "message":
            payload = {n: self.value(t, element, extra) for n, t in element.family("send").items()}
            self.events.append(MessageThrown(element.id, element.event_name, payload))
        elif element.event == "signal":
            self.events.append(SignalThrown(element.id, element.event_name))

    def store(self, element: Element, found: Mapping[str, Any]) -> None:
        """Set variables of the instance and facts of the project."""
        kept = {name: storable(element, name, value) for name, value in found.items()}
        facts = {n: v for n, v in kept.items() if is_fact(n)}
        own = {n: v for n, v in kept.items() if not is_fact(n)}
        self.loaded.variables.update(own)
        for name in facts:
            self.loaded.variables.pop(name, None)
        self.facts.update(facts)
        if own:
            self.events.append(VariablesSet(own))
        if facts:
            self.events.append(FactsSet(facts))

    def _cancelled(self, task: Any, element: Element) -> None:
        key = str(task.id)
        self.entered.discard(task.id)
        if element.type == "userTask" and not _is_loop(task):
            self.events.append(UserTaskCancelled(key, element.process_id, element.id))
        elif element.event == "timer":
            self.events.append(TimerEnded(key, element.id, fired=False))
        elif element.event in ("message", "signal") and _catches(element):
            self.events.append(
                MessageAwaitEnded(key, element.id, element.event_name or "", received=False)
            )
        if not _is_member(task):
            self.events.append(ElementCancelled(key, element.process_id, element.id))

    def flush(self) -> None:
        """Write the flows that were taken into the events of the elements that were left."""
        for task, element, index in self.left:
            targets = _targets(self.definition, task)
            process = self.definition.processes[element.process_id]
            flows = tuple(
                f
                for f in element.outgoing
                if f in process.flows and process.flows[f].target in targets
            )
            self.events[index] = ElementLeft(str(task.id), element.process_id, element.id, flows)


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


def end_of(due: Any) -> datetime:
    """A due date means the end of that day."""
    if isinstance(due, datetime):
        return due
    if isinstance(due, date):
        return start_of_day(due + timedelta(days=1)) - timedelta(seconds=1)
    raise BadInput("办理期限应是日期。")


def _is_loop(task: Any) -> bool:
    return isinstance(task.task_spec, LoopTask)


def _is_member(task: Any) -> bool:
    return bool(task.task_spec.name.endswith(" [child]"))


def _catches(element: Element) -> bool:
    return element.type in ("intermediateCatchEvent", "boundaryEvent", "receiveTask")
