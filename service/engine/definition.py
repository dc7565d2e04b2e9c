"""A deployed bundle, compiled once: processes, specs, decisions, forms, settings, groups."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException
from SpiffWorkflow.spiff.parser.process import SpiffBpmnParser
from SpiffWorkflow.spiff.parser.task_spec import SpiffTaskParser

from service.dmn import DecisionModel, parse_dmn
from service.engine.checks import findings, slips
from service.engine.checks.expressions import declared_variables
from service.engine.elements import Element, Process, timer_expression
from service.engine.multi_instance import Parallel, Sequential
from service.engine.skeleton import names_of, skeleton
from service.engine.xml_index import read_any, read_process
from service.feel import Function, parse
from service.feel.host import HOST_NAMES, host_functions
from service.forms import Form, parse_form
from service.model.bundle import Bundle
from service.model.errors import BadInput, Refused
from service.model.finding import Finding, unreadable
from service.model.values import canonical_json, to_json
from service.model.xml import read_xml
from service.regulation.calendar import Calendar
from service.regulation.clauses import Clause, Register, parse_register
from service.regulation.facts import Fact, parse_facts
from service.regulation.groups import Groups, parse_groups
from service.regulation.lists import RecordedList, parse_lists
from service.regulation.reminders import Reminder, parse_reminders
from service.regulation.settings import Fixed, Setting, Settings, label, parse_settings

RECEIVING = ("startEvent", "intermediateCatchEvent", "boundaryEvent", "receiveTask")
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


def examine(bundle: Bundle) -> tuple[Definition | None, list[Finding]]:
    """Everything that is wrong with a bundle, also where files cannot be read, diagrams are not meant to be carried
    out, or several processes stand in one file. The definition is None when there is any finding.
    """
    broken: list[Finding] = []
    definition = _read(bundle, broken)
    found = sorted(
        {*broken, *findings(definition), *slips(definition)},
        key=lambda f: (f.path, f.line, f.element, f.rule),
    )
    if found:
        return None, found
    try:
        return compile_bundle(bundle), []
    except BadInput as wrong:
        return None, [unreadable("processes", wrong, "engine")]


def _compile(bundle: Bundle) -> Definition:
    definition = _read(bundle, None)
    found = findings(definition)
    if found:
        raise BadInput("；".join(str(f) for f in found[:20]))
    definition.specs.update(_specs(definition.processes))  # type: ignore[attr-defined]
    return definition


def _each(
    files: Mapping[str, bytes], read: Callable[[bytes, str], Any], broken: list[Finding] | None
) -> Iterator[tuple[str, Any]]:
    """(path, what it reads as) of each file; what cannot be read is noted in `broken`, or raised."""
    for path, source in files.items():
        try:
            yield path, read(source, path)
        except Refused as wrong:
            if broken is None:
                raise
            broken.append(unreadable(path, wrong))


def _read(bundle: Bundle, broken: list[Finding] | None) -> Definition:
    """The definition without the engine's specs. `broken` None: raise at the first file that is not as it should."""
    processes = _processes(bundle, broken)
    decisions = {
        decision_id: model
        for _, model in _each(bundle.of_kind(".dmn"), parse_dmn, broken)
        for decision_id in model.decisions
    }
    forms = _forms(bundle, broken)
    lists = functools.partial(_yaml, bundle, broken)
    calendar = lists("calendar.yaml", Calendar.from_yaml, Calendar())
    settings = lists("settings.yaml", parse_settings, Settings())
    return Definition(
        bundle.digest,
        bundle,
        processes,
        decisions,
        forms,
        settings.settings,
        lists("clauses.yaml", parse_register, Register()),
        lists("facts.yaml", parse_facts, {}),
        lists("groups.yaml", parse_groups, Groups({}, {}, {})),
        calendar,
        host_functions(calendar, settings.settings),
        {},
        settings.fixed,
        settings.changed_by,
        reminders=lists("reminders.yaml", parse_reminders, ()),
        recorded=lists("lists.yaml", parse_lists, {}),
    )


def _yaml(bundle: Bundle, broken: list[Finding] | None, name: str, read: Any, default: Any) -> Any:
    path = f"processes/{name}"
    files = {path: bundle.files[path]} if path in bundle.files else {}
    return next((found for _, found in _each(files, lambda s, _: read(s), broken)), default)


def _processes(bundle: Bundle, broken: list[Finding] | None) -> dict[str, Process]:
    found: dict[str, Process] = {}
    for _, process in _each(bundle.of_kind(".bpmn"), read_process, broken):
        _once(found, process, process.id, f"流程 {process.id} 已在别的文件里", broken)
    for path in {f.path for f in broken or ()}:
        # not one to be carried out: what is in it is looked at all the same
        for _, several in _each({path: bundle.files[path]}, read_any, []):
            found.update({p.id: p for p in several if p.id not in found})
    return found


def _forms(bundle: Bundle, broken: list[Finding] | None) -> dict[str, Form]:
    found: dict[str, Form] = {}
    for _, form in _each(bundle.of_kind(".form"), parse_form, broken):
        _once(found, form, form.id, f"表单 {form.id} 有两份", broken)
    return found


def _once(
    found: dict[str, Any], new: Any, own: str, words: str, broken: list[Finding] | None
) -> None:
    if own in found:
        twice = BadInput(f"{new.path}：{words}，请改名。")
        if broken is None:
            raise twice
        broken.append(unreadable(new.path, twice))
    found.setdefault(own, new)


def _specs(processes: Mapping[str, Process]) -> dict[str, tuple[Any, dict[str, Any]]]:
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
