"""Drives a diagram of the shipped bundle through the pure engine, with its own clock and facts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from service.engine import Filled, advance, check_gate, compile_bundle, task_outputs, variables
from service.model.bundle import read_bundle
from service.model.events import (
    Event,
    FactsSet,
    ParticipantAssigned,
    TimerEnded,
    TimerScheduled,
    UserTaskCancelled,
    UserTaskCompleted,
    UserTaskCreated,
)
from service.model.inputs import (
    CompleteTask,
    DeliverMessage,
    DeliverSignal,
    FireTimer,
    Input,
    StartInstance,
)
from service.regulation.dates import SHANGHAI

ROOT = Path(__file__).parents[2]


@cache
def bundle() -> Any:
    """The shipped bundle, compiled once."""
    return compile_bundle(read_bundle(ROOT))


def at(text: str) -> datetime:
    """`2026-03-01` (09:00) or `2026-03-01 00:00`, time of Shanghai, as UTC."""
    moment = datetime.fromisoformat(text if " " in text else f"{text} 09:00")
    return moment.replace(tzinfo=SHANGHAI).astimezone(UTC)


def typed(value: Any) -> Any:
    """ISO dates become dates and integers decimals, also inside lists of rows."""
    if isinstance(value, list):
        return [typed(item) for item in value]
    if isinstance(value, dict):
        return {key: typed(item) for key, item in value.items()}
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    if isinstance(value, str) and len(value) == 10 and value[4] == value[7] == "-":
        return date.fromisoformat(value)
    return value


class Walk:
    """One instance on its way: open tasks, armed timers, facts, units, everything that happened."""

    def __init__(
        self,
        process_id: str,
        now: str,
        *,
        facts: Mapping[str, Any] | None = None,
        variables: Mapping[str, Any] | None = None,
        message: str | None = None,
    ) -> None:
        self.now = at(now)
        self.facts: dict[str, Any] = typed(dict(facts or {}))
        self.units: dict[str, str] = {}
        self.open: dict[str, UserTaskCreated] = {}
        self.timers: dict[str, TimerScheduled] = {}
        self.events: list[Event] = []
        self.state: bytes | None = None
        self.send(StartInstance(process_id, typed(dict(variables or {})), message))

    def send(self, input_: Input) -> None:
        """Give the engine one input and keep what it says."""
        step = advance(
            bundle(), self.state, input_, instance_key="walk", now=self.now, facts=self.facts
        )
        self.state = step.state
        for event in step.events:
            self.events.append(event)
            self._keep(event)

    def _keep(self, event: Event) -> None:
        match event:
            case UserTaskCreated():
                self.open[event.task_key] = event
            case UserTaskCompleted() | UserTaskCancelled():
                self.open.pop(event.task_key, None)
            case TimerScheduled():
                self.timers[event.task_key] = event
            case TimerEnded():
                self.timers.pop(event.task_key, None)
            case FactsSet():
                self.facts.update(event.facts)
            case ParticipantAssigned():
                self.units[event.group_id] = event.unit_id

    def until(self, now: str) -> None:
        """Move the clock; timers that fall due on the way fire in order."""
        end = at(now)
        while due := sorted(
            ((t.due, key) for key, t in self.timers.items() if t.due <= end), key=lambda d: d
        ):
            moment, key = due[0]
            self.now = moment
            self.send(FireTimer(key, moment))
        self.now = end

    def names(self) -> list[str]:
        """The open tasks as `process/element`, a member in brackets, sorted."""
        return sorted(
            f"{t.process_id}/{t.element_id}" + (f"[{t.member}]" if t.member else "")
            for t in self.open.values()
        )

    def key(self, name: str) -> str:
        """The key of the one open task of that name."""
        (found,) = (
            key
            for key, t in self.open.items()
            if name
            in (f"{t.process_id}/{t.element_id}", f"{t.process_id}/{t.element_id}[{t.member}]")
        )
        return found

    def refusals(self, name: str, **values: Any) -> set[str]:
        """The clauses that the gate of an open task quotes against these values."""
        reasons = check_gate(self.filled(name, values))
        return {clause for reason in reasons for clause in reason.clauses}

    def do(self, name: str, **values: Any) -> None:
        """Complete an open task; its gate must let it pass."""
        assert self.refusals(name, **values) == set(), name
        task = self.filled(name, values)
        self.send(CompleteTask(task.task_key, task_outputs(task)))

    def filled(self, name: str, values: Mapping[str, Any]) -> Filled:
        """An open task with these values."""
        return Filled(bundle(), self.state, self.key(name), typed(values), self.facts, self.now)

    def signal(self, name: str) -> None:
        """A signal of the project arrives."""
        self.send(DeliverSignal(name))

    def message(self, name: str, **payload: Any) -> None:
        """A message of the project arrives."""
        self.send(DeliverMessage(name, typed(payload)))

    def value(self, name: str) -> Any:
        """A routing variable, or a fact."""
        return self.facts.get(name, variables(self.state).get(name))

    def happened(self, kind: type, element_id: str) -> int:
        """How many events of `kind` name this element."""
        return sum(
            isinstance(e, kind) and getattr(e, "element_id", None) == element_id
            for e in self.events
        )
