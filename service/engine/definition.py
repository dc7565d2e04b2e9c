"""A deployed bundle, compiled once: processes, specs, decisions, forms, settings, groups."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException
from SpiffWorkflow.spiff.parser.process import SpiffBpmnParser
from SpiffWorkflow.spiff.parser.task_spec import SpiffTaskParser

from service.dmn import DecisionModel, parse_dmn
from service.engine.checks import findings
from service.engine.elements import Element, Process, timer_expression
from service.engine.multi_instance import Parallel, Sequential
from service.engine.skeleton import names_of, skeleton
from service.engine.xml_index import read_process
from service.feel import Function, parse
from service.feel.host import HOST_NAMES, host_functions
from service.forms import Form, parse_form
from service.model.bundle import Bundle
from service.model.errors import BadInput
from service.model.values import canonical_json, to_json
from service.model.xml import read_xml
from service.regulation.calendar import Calendar
from service.regulation.clauses import Clause, Register, parse_register
from service.regulation.facts import Fact, parse_facts
from service.regulation.groups import Groups, parse_groups
from service.regulation.reminders import Reminder, parse_reminders
from service.regulation.settings import Fixed, Setting, Settings, label, parse_settings

SpiffTaskParser.PARALLEL_MI_CLASS = Parallel
SpiffTaskParser.SEQUENTIAL_MI_CLASS = Sequential


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
    def timer_reads(self) -> dict[tuple[str, str], frozenset[str]]:
        """(process, element) of each timer → the variables that its date depends on."""
        return {
            (p.id, e.id): parse(timer_expression(e.timer), names=HOST_NAMES).free_names
            for p in self.processes.values()
            for e in p.elements.values()
            if e.timer
        }

    @functools.cached_property
    def timer_names(self) -> frozenset[str]:
        """Every variable that the date of some timer depends on."""
        return frozenset().union(*self.timer_reads.values())

    @functools.cached_property
    def called(self) -> frozenset[str]:
        """Processes that another one calls: never started by themselves."""
        return frozenset(
            e.called for p in self.processes.values() for e in p.elements.values() if e.called
        )


@functools.lru_cache(maxsize=8)
def _compiled(digest: str, bundle: _ByDigest) -> Definition:
    return _compile(bundle.bundle)


class _ByDigest:
    """A bundle that is equal to another by its digest, for the cache."""

    def __init__(self, bundle: Bundle) -> None:
        self.bundle = bundle

    def __hash__(self) -> int:
        return hash(self.bundle.digest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ByDigest) and other.bundle.digest == self.bundle.digest


def compile_bundle(bundle: Bundle) -> Definition:
    """The definition of a bundle, compiled once per digest. Raises BadInput with file, line, element."""
    return _compiled(bundle.digest, _ByDigest(bundle))


def _compile(bundle: Bundle) -> Definition:
    processes = _processes(bundle)
    decisions = {
        decision_id: model
        for path, source in bundle.of_kind(".dmn").items()
        for model in [parse_dmn(source, path)]
        for decision_id in model.decisions
    }
    forms = _forms(bundle)
    calendar = _yaml(bundle, "calendar.yaml", Calendar.from_yaml, Calendar())
    settings = _yaml(bundle, "settings.yaml", parse_settings, Settings())
    definition = Definition(
        bundle.digest,
        bundle,
        processes,
        decisions,
        forms,
        settings.settings,
        _yaml(bundle, "clauses.yaml", parse_register, Register()),
        _yaml(bundle, "facts.yaml", parse_facts, {}),
        _yaml(bundle, "groups.yaml", parse_groups, Groups({}, {}, {})),
        calendar,
        host_functions(calendar, settings.settings),
        {},
        settings.fixed,
        settings.changed_by,
        reminders=_yaml(bundle, "reminders.yaml", parse_reminders, ()),
    )
    found = findings(definition)
    if found:
        raise BadInput("；".join(str(f) for f in found[:20]))
    definition.specs.update(_specs(processes))  # type: ignore[attr-defined]
    return definition


def _yaml(bundle: Bundle, name: str, read: Any, default: Any) -> Any:
    source = bundle.files.get(f"processes/{name}")
    return default if source is None else read(source)


def _processes(bundle: Bundle) -> dict[str, Process]:
    found: dict[str, Process] = {}
    for path, source in bundle.of_kind(".bpmn").items():
        process = read_process(source, path)
        if process.id in found:
            raise BadInput(f"{path}：流程 {process.id} 已在 {found[process.id].path} 中。")
        found[process.id] = process
    return found


def _forms(bundle: Bundle) -> dict[str, Form]:
    found: dict[str, Form] = {}
    for path, source in bundle.of_kind(".form").items():
        form = parse_form(source, path)
        if form.id in found:
            raise BadInput(f"{path}：表单 {form.id} 有两份，请改名。")
        found[form.id] = form
    return found


def _specs(processes: dict[str, Process]) -> dict[str, tuple[Any, dict[str, Any]]]:
    if not processes:
        return {}
    parser = SpiffBpmnParser()
    try:
        for path, source in zip(processes, skeleton(processes), strict=True):
            parser.add_bpmn_xml(read_xml(source, path), filename=f"{path}.bpmn")
        return {
            process_id: (parser.get_spec(process_id), parser.get_subprocess_specs(process_id))
            for process_id in processes
        }
    except ValidationException as wrong:
        raise BadInput(f"流程图无法执行：{wrong}") from wrong
