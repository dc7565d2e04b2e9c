"""From the bytes of a bundle to its definition, once per digest; or to all that is wrong with it."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException
from SpiffWorkflow.spiff.parser.process import SpiffBpmnParser
from SpiffWorkflow.spiff.parser.task_spec import SpiffTaskParser

from service.dmn import parse_dmn
from service.engine.checks import findings, slips
from service.engine.definition import Definition
from service.engine.elements import Process
from service.engine.multi_instance import Parallel, Sequential
from service.engine.skeleton import skeleton
from service.engine.xml_index import read_any, read_process
from service.feel.host import host_functions
from service.forms import Form, parse_form
from service.model.bundle import Bundle
from service.model.errors import BadInput, Refused
from service.model.finding import Finding, unreadable
from service.model.xml import read_xml
from service.regulation.calendar import Calendar
from service.regulation.clauses import Register, parse_register
from service.regulation.facts import parse_facts
from service.regulation.groups import Groups, parse_groups
from service.regulation.lists import parse_lists
from service.regulation.reminders import parse_reminders
from service.regulation.settings import Settings, parse_settings

SpiffTaskParser.PARALLEL_MI_CLASS = Parallel
SpiffTaskParser.SEQUENTIAL_MI_CLASS = Sequential


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
    _, found = glance(bundle)
    if found:
        return None, found
    try:
        return compile_bundle(bundle), []
    except BadInput as wrong:
        return None, [unreadable("processes", wrong, "engine")]


def glance(bundle: Bundle) -> tuple[Definition, list[Finding]]:
    """What can be read of a bundle, without the engine's specs, and what is wrong in its diagrams: quick enough to
    be asked while somebody draws.
    """
    broken: list[Finding] = []
    definition = _read(bundle, broken)
    found = {*broken, *findings(definition), *slips(definition)}
    return definition, sorted(found, key=lambda f: (f.path, f.line, f.element, f.rule))


def _compile(bundle: Bundle) -> Definition:
    definition = _read(bundle, None)
    found = findings(definition)
    if found:
        raise BadInput("；".join(str(f) for f in found[:20]))
    definition.specs.update(_specs(definition.processes))  # type: ignore[attr-defined]
    return definition


# A file that reads well is read once: of a draft that is checked while it is drawn, one file changes at a time.
_read_process = functools.lru_cache(maxsize=256)(read_process)
_parse_dmn = functools.lru_cache(maxsize=256)(parse_dmn)
_parse_form = functools.lru_cache(maxsize=512)(parse_form)


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
        for _, model in _each(bundle.of_kind(".dmn"), _parse_dmn, broken)
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
    for _, process in _each(bundle.of_kind(".bpmn"), _read_process, broken):
        _once(found, process, process.id, f"流程 {process.id} 已在别的文件里", broken)
    for path in {f.path for f in broken or ()}:
        # not one to be carried out: what is in it is looked at all the same
        for _, several in _each({path: bundle.files[path]}, read_any, []):
            found.update({p.id: p for p in several if p.id not in found})
    return found


def _forms(bundle: Bundle, broken: list[Finding] | None) -> dict[str, Form]:
    found: dict[str, Form] = {}
    for _, form in _each(bundle.of_kind(".form"), _parse_form, broken):
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
