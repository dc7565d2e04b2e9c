"""The report: each clause with its carriers and stories, and what is wrong with that."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from service.coverage.carriers import Carrier, carriers
from service.dmn.table import Table
from service.engine import Definition, Element
from service.regulation.clauses import Clause
from service.scenarios.exercised import exercised
from service.scenarios.story import Story

# kinds of clauses that a story can exercise: what must, must not, or may be done, and when
EXERCISABLE = ("duty", "prohibition", "condition", "threshold", "deadline")


@dataclass(frozen=True)
class Row:
    """A clause, what carries it, and the ids of the stories that exercise it."""

    clause: Clause
    carriers: tuple[Carrier, ...]
    stories: tuple[str, ...]

    @property
    def verdict(self) -> str:
        """carried, argued (a reason instead of a carrier) or missing."""
        return "carried" if self.carriers else "argued" if self.clause.reason else "missing"


@dataclass(frozen=True)
class Coverage:
    """Rows in the order of the register, and findings: one Chinese sentence each."""

    rows: tuple[Row, ...]
    findings: tuple[str, ...]

    @property
    def untouched(self) -> tuple[Row, ...]:
        """Clauses that something carries and a story could exercise, but none does."""
        return tuple(
            row
            for row in self.rows
            if row.clause.kind in EXERCISABLE and row.carriers and not row.stories
        )


def coverage(definition: Definition, stories: Iterable[Story]) -> Coverage:
    """The report of a bundle and its stories."""
    found: dict[str, list[Carrier]] = defaultdict(list)
    for carrier in carriers(definition):
        found[carrier.clause_id].append(carrier)
    told = exercised(stories)
    rows = tuple(
        Row(clause, tuple(found.get(clause.id, ())), tuple(told.get(clause.id, ())))
        for clause in definition.clauses.values()
    )
    return Coverage(rows, tuple(_findings(definition, rows, found, told)))


def _findings(
    definition: Definition,
    rows: tuple[Row, ...],
    found: Mapping[str, list[Carrier]],
    told: Mapping[str, Iterable[str]],
) -> Iterator[str]:
    for row in rows:
        if row.verdict == "missing":
            yield f"条款 {row.clause.id} 没有任何环节、规则、栏目或设置承载，也没有写明理由：{row.clause.text}"
        if row.carriers and row.clause.reason:
            yield f"条款 {row.clause.id} 已有承载，理由多余，请从 clauses.yaml 删去。"
    for clause_id in found.keys() - definition.clauses.keys():
        places = "、".join(carrier.place for carrier in found[clause_id])
        yield f"{places} 引用的条款 {clause_id} 不在登记表里。"
    for clause_id in told.keys() - definition.clauses.keys():
        yield f"场景 {'、'.join(told[clause_id])} 引用的条款 {clause_id} 不在登记表里。"
    for number in definition.register.articles:
        if not any(row.clause.article == number for row in rows):
            yield f"第 {number} 条没有登记条款。"
    yield from _without_clause(definition)


def _without_clause(definition: Definition) -> Iterator[str]:
    for process in definition.processes.values():
        for element in process.elements.values():
            if not element.articles and not _needs_none(element):
                yield f"{process.id}/{element.id}（{element.name}）没有写明依据的条款。"
    for table_id, model in definition.decisions.items():
        logic = model.decisions[table_id].logic
        for rule in logic.rules if isinstance(logic, Table) else ():
            if not rule.annotations.get("条款"):
                yield f"{table_id}/{rule.id} 没有写明依据的条款。"
    for setting in definition.settings.values():
        if not setting.clauses:
            yield f"设置 {setting.name} 没有写明依据的条款。"


def _needs_none(element: Element) -> bool:
    """A join only brings ways together, and the start of an inner scope only begins it."""
    join = element.type.endswith("Gateway") and len(element.outgoing) < 2
    return join or (element.type == "startEvent" and element.parent is not None)
