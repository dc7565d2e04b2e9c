"""One step while it runs: hears each change of state, evaluates, and writes down the events.

It is also what SpiffWorkflow takes for its script engine: whatever SpiffWorkflow wants evaluated is
FEEL, and nothing reaches Python's own evaluation.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from service.engine.codec import Loaded
from service.engine.context import evaluate, is_fact, names_for, storable
from service.engine.decide import decide, variables_of
from service.engine.definition import Definition
from service.engine.elements import Element
from service.engine.kinds import catches, is_loop, is_member
from service.engine.opening import open_task, request_service, wait
from service.engine.outputs import collect, set_outputs
from service.engine.skeleton import names_of
from service.engine.workflow import CANCELLED, COMPLETED, READY, STARTED, WAITING
from service.model.errors import BadInput
from service.model.events import (
    DecisionEvaluated,
    ElementCancelled,
    ElementEntered,
    ElementLeft,
    Event,
    FactsSet,
    MessageAwaitEnded,
    TimerEnded,
    UserTaskCancelled,
    UserTaskCompleted,
    VariablesSet,
)
from service.model.values import Value

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
        if not is_member(task):
            self.events.append(ElementEntered(str(task.id), element.process_id, element.id))

    def _live(self, task: Any, element: Element, state: int) -> None:
        first = task.id not in self.entered
        if state == WAITING and not catches(element):
            return
        self._enter(task, element)
        if state == READY and element.type == "userTask" and not is_loop(task):
            open_task(self, task, element)
        elif state == READY and element.type == "serviceTask":
            request_service(self, task, element)
        elif state == WAITING and first:
            wait(self, task, element)

    def member_of(self, task: Any, element: Element) -> dict[str, Any]:
        """The member variable of a multi-instance at one of its items."""
        if element.loop and element.loop.member and "item" in task.internal_data:
            return {element.loop.member: task.internal_data["item"]}
        return {}

    def _completed(self, task: Any, element: Element) -> None:
        key = str(task.id)
        if is_loop(task):
            self.events.append(ElementLeft(key, element.process_id, element.id))
            return
        given = self.given.pop(task.id, {})
        if element.type == "userTask":
            self.events.append(UserTaskCompleted(key, element.process_id, element.id))
        elif element.event == "timer":
            self.events.append(TimerEnded(key, element.id, fired=True))
        elif element.event in ("message", "signal") and catches(element):
            self.events.append(
                MessageAwaitEnded(key, element.id, element.event_name or "", received=True)
            )
        if is_member(task):
            collect(self, task, element, given)
            return
        set_outputs(self, task, element, given)
        self.left.append((task, element, len(self.events)))
        self.events.append(ElementLeft(key, element.process_id, element.id))
        if element.type == "endEvent" and task.workflow is self.loaded.workflow:
            self.ends.append(element.id)

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
        if element.type == "userTask" and not is_loop(task):
            self.events.append(UserTaskCancelled(key, element.process_id, element.id))
        elif element.event == "timer":
            self.events.append(TimerEnded(key, element.id, fired=False))
        elif element.event in ("message", "signal") and catches(element):
            self.events.append(
                MessageAwaitEnded(key, element.id, element.event_name or "", received=False)
            )
        if not is_member(task):
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
