"""A deployed bundle as the engine knows it: processes, specs, decisions, forms, settings, groups."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from service.dmn import DecisionModel
from service.engine.checks.expressions import declared_variables
from service.engine.elements import Element, Process, timer_expression
from service.engine.skeleton import names_of
from service.feel import Function, parse
from service.feel.host import HOST_NAMES
from service.forms import Form
from service.model.bundle import Bundle
from service.model.errors import BadInput
from service.model.values import canonical_json, to_json
from service.regulation.calendar import Calendar
from service.regulation.clauses import Clause, Register
from service.regulation.facts import Fact
from service.regulation.groups import Groups
from service.regulation.lists import RecordedList
from service.regulation.reminders import Reminder
from service.regulation.settings import Fixed, Setting, label

RECEIVING = ("startEvent", "intermediateCatchEvent", "boundaryEvent", "receiveTask")


@dataclass(frozen=True, eq=False)
class Definition:
    """All that a digest stands for. `decisions` maps a decision id to the model that holds it.

    `as_deployed` is set where settings or calendar are those in force instead of the deployed ones.
    """

    digest: str
    bundle: Bundle
    processes: Mapping[str, Process]
    decisions: Mapping[str, DecisionModel]
    forms: Mapping[str, Form]
    settings: Mapping[str, Setting]
    register: Register
    facts: Mapping[str, Fact]
    groups: Groups
    calendar: Calendar
    functions: Mapping[str, Function]
    specs: Mapping[str, tuple[Any, dict[str, Any]]]
    fixed: tuple[Fixed, ...] = ()
    settings_changed_by: str | None = None
    as_deployed: Definition | None = None
    reminders: tuple[Reminder, ...] = ()
    recorded: Mapping[str, RecordedList] = field(default_factory=dict)

    def element(self, process_id: str, element_id: str) -> Element:
        """An element. Raises BadInput when there is none such."""
        process = self.processes.get(process_id)
        if process is None or element_id not in process.elements:
            raise BadInput(f"流程图里没有 {process_id}/{element_id}。")
        return process.elements[element_id]

    def element_of(self, task: Any) -> Element | None:
        """The element that a task of SpiffWorkflow stands for; None for its inner helpers."""
        bpmn_id = getattr(task.task_spec, "bpmn_id", None)
        if not bpmn_id:
            return None
        process_id, element_id = names_of(bpmn_id)
        process = self.processes.get(process_id)
        return process.elements.get(element_id) if process else None

    @property
    def clauses(self) -> Mapping[str, Clause]:
        """Clauses of the regulation by id."""
        return self.register.clauses

    @functools.cached_property
    def setting_values(self) -> dict[str, Any]:
        """The context `settings` of expressions."""
        return {name: setting.value for name, setting in self.settings.items()}

    @functools.cached_property
    def stops_clocks(self) -> bool:
        """Whether any task lets time limits stand still."""
        elements = (e for p in self.processes.values() for e in p.elements.values())
        return any("clock" in element.properties for element in elements)

    @functools.cached_property
    def surroundings(self) -> dict[str, Any]:
        """What forms see beside variables and facts: settings, and lists of options."""
        named = [{"value": s.name, "label": label(s)} for s in self.settings.values()]
        return {
            "settings": self.setting_values,
            "setting_options": named,
        }

    @functools.cached_property
    def rules_digest(self) -> str:
        """SHA-256 over the values of settings and the calendar by which this definition evaluates."""
        values = {name: to_json(value) for name, value in self.setting_values.items()}
        content = canonical_json({"settings": values, "calendar": self.calendar.as_json()})
        return hashlib.sha256(content).hexdigest()

    @functools.cached_property
    def starts_by_message(self) -> dict[str, str]:
        """Message name → process that begins with it."""
        return {
            p.start.event_name: p.id
            for p in self.processes.values()
            if p.start.event == "message" and p.start.event_name
        }

    @functools.cached_property
    def received(self) -> dict[str, frozenset[str]]:
        """Message name → variables that those who receive it set from it."""
        found: dict[str, frozenset[str]] = {}
        for process in self.processes.values():
            for element in process.elements.values():
                if element.event == "message" and element.event_name and element.type in RECEIVING:
                    names = found.get(element.event_name, frozenset())
                    found[element.event_name] = names | set(element.outputs)
        return found

    @functools.cached_property
    def variable_types(self) -> dict[str, set[str]]:
        """Every variable that some element may set, with its declared types ("" where it is computed)."""
        found: dict[str, set[str]] = {name: {""} for name in declared_variables(self)}
        for process in self.processes.values():
            for element in process.elements.values():
                for output in element.outputs.values():
                    found.setdefault(output.name, set()).add(output.type)
        return found

    @functools.cached_property
    def date_reads(self) -> dict[tuple[str, str], frozenset[str]]:
        """(process, element) of each timer and each task with a limit → the variables that its date depends on.

        A timer at a task's edge that reads `due_on` depends on what the task's limit reads.
        """
        elements = [e for p in self.processes.values() for e in p.elements.values()]
        found = {
            (e.process_id, e.id): _names_of(timer_expression(e.timer)) for e in elements if e.timer
        }
        dues = {
            (e.process_id, e.id): _names_of(e.properties["due"])
            for e in elements
            if "due" in e.properties
        }
        for element in elements:
            place = element.process_id, element.id
            if element.attached_to and "due_on" in found.get(place, ()):
                watched = dues.get((element.process_id, element.attached_to), frozenset())
                found[place] = found[place] - {"due_on"} | watched
        return {**found, **dues}

    @functools.cached_property
    def date_names(self) -> frozenset[str]:
        """Every variable that some timer's or limit's date depends on."""
        return frozenset().union(*self.date_reads.values())

    @functools.cached_property
    def called(self) -> frozenset[str]:
        """Processes that another one calls: never started by themselves."""
        return frozenset(
            e.called for p in self.processes.values() for e in p.elements.values() if e.called
        )


def _names_of(text: str) -> frozenset[str]:
    return parse(text, names=HOST_NAMES).free_names
