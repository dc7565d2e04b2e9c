"""One step while it runs: hears each change of state, evaluates, and writes down the events."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from service.engine import clock
from service.engine.codec import Loaded
from service.engine.context import evaluate, is_fact, names_for, storable
from service.engine.definition import Definition
from service.engine.elements import Element
from service.engine.kinds import catches, is_loop, is_member
from service.engine.opening import open_task, request_service, wait
from service.engine.outputs import collect, set_outputs
from service.engine.workflow import CANCELLED, COMPLETED, READY, STARTED, WAITING
from service.model.events import (
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


class Moment:
    """State of one step. `given` holds what a completed task or message brings, by task id."""

    def __init__(self, definition: Definition, facts: Mapping[str, Value], now: datetime) -> None:
        self.definition = definition
        self.facts = dict(facts)
        self.now = now
        self.events: list[Event] = []
        self.told: frozenset[str] = frozenset()  # facts that another instance has changed
        self.given: dict[Any, dict[str, Any]] = {}
        self.ends: list[str] = []
        self.entered: set[Any] = set()
        self.left: list[tuple[Any, Element, int]] = []  # task, element, place among the events
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
            self.live(task, element, state)
        elif state == COMPLETED:
            self.enter(task, element)
            self._completed(task, element)
        elif state == CANCELLED:
            self.cancelled(task, element)

    def enter(self, task: Any, element: Element) -> None:
        """The token has reached an element, and what is around it, for the first time."""
        if task.id in self.entered:
            return
        self.entered.add(task.id)
        parent_id = task.workflow.parent_task_id
        if parent_id is not None:
            parent = self.loaded.workflow.find(parent_id)
            around = self.definition.element_of(parent)
            if parent is not None and around is not None:
                self.enter(parent, around)
        if not is_member(task):
            self.events.append(ElementEntered(task.id, element.process_id, element.id))

    def live(self, task: Any, element: Element, state: int) -> None:
        """An element waits, is ready or has begun."""
        first = task.id not in self.entered
        if state == WAITING and not catches(element):
            return
        self.enter(task, element)
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
        key = task.id
        if is_loop(task):
            self.events.append(ElementLeft(key, element.process_id, element.id))
            return
        given = self.given.pop(task.id, {})
        if element.type == "userTask":
            self.events.append(UserTaskCompleted(key, element.process_id, element.id))
            clock.task_ended(self, task, element, self.member_of(task, element))
        elif element.event == "timer" and catches(element):
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

    def cancelled(self, task: Any, element: Element) -> None:
        """An element has ended without being done."""
        if task.id not in self.entered:
            return
        if is_loop(task):
            # SpiffWorkflow drops members that have not ended without a word
            for member in list(task.children):
                member.cancel()
        key = task.id
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
