"""What carries clauses: elements, rules, fields, settings, groups, and the service itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from service.dmn.table import Table
from service.engine import Definition
from service.forms import Component

# kind -> the word for it on pages
KINDS = {
    "process": "流程",
    "element": "环节",
    "rule": "规则",
    "field": "栏目",
    "setting": "设置",
    "group": "单位",
    "service": "系统",
}


@dataclass(frozen=True)
class Carrier:
    """One carrier of a clause.

    `kind` is a key of KINDS; `place` its address (`process/element`, `table/rule`, `form.field`, …);
    `name` says it in words, `within` names what it belongs to.
    """

    clause_id: str
    kind: str
    place: str
    name: str
    within: str


def carriers(definition: Definition) -> Iterator[Carrier]:
    """Every carrier of every clause, clauses that do not exist included."""
    yield from _of_diagrams(definition)
    yield from _of_tables(definition)
    yield from _of_forms(definition)
    for setting in definition.settings.values():
        for clause_id in setting.clauses:
            yield Carrier(clause_id, "setting", setting.name, setting.meaning, "")
    for group in definition.groups.groups.values():
        for clause_id in group.clauses:
            yield Carrier(clause_id, "group", group.id, group.name, "")
    for clause in definition.clauses.values():
        for keeper in clause.keepers:
            yield Carrier(clause.id, "service", keeper.place, keeper.name, "")


def _of_diagrams(definition: Definition) -> Iterator[Carrier]:
    for process in definition.processes.values():
        for clause_id in process.properties.get("article", "").split():
            yield Carrier(clause_id, "process", process.id, process.name, "")
        for element in process.elements.values():
            for clause_id in element.articles:
                place = f"{process.id}/{element.id}"
                yield Carrier(clause_id, "element", place, element.name, process.name)


def _of_tables(definition: Definition) -> Iterator[Carrier]:
    for table_id, model in definition.decisions.items():
        decision = model.decisions[table_id]
        if not isinstance(decision.logic, Table):
            continue
        for rule in decision.logic.rules:
            for clause_id in rule.annotations.get("条款", "").split():
                words = rule.annotations.get("说明") or rule.id
                yield Carrier(clause_id, "rule", f"{table_id}/{rule.id}", words, decision.name)


def _of_forms(definition: Definition) -> Iterator[Carrier]:
    for form in definition.forms.values():
        for component in _every(form.components):
            for clause_id in component.articles:
                place = f"{form.id}.{component.key}" if component.key else form.id
                yield Carrier(clause_id, "field", place, component.label or form.title, form.title)


def _every(components: tuple[Component, ...]) -> Iterator[Component]:
    for component in components:
        yield component
        yield from _every(component.components)
