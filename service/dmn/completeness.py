"""Gaps, overlaps and dead rules of a decision table, found by trying the values where something changes.

Each input is given the values around every literal that its column or an expression over it writes, and
its declared values; between two such neighbours no comparison with a literal changes, so a table that
compares inputs with literals, or two inputs with each other, is decided exactly. Null is tried for rules
that overlap or never fire; a gap is told for null only where a rule of the table speaks of null, since an
answer that is missing fires no rule elsewhere, on purpose. Beyond MAX_COMBINATIONS a sample is tried, and
`untried` says so.
"""

from __future__ import annotations

import itertools
import math
import random
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from service.dmn.model import Decision, DecisionModel, Evaluation
from service.dmn.table import Rule, Table
from service.feel import Function
from service.feel.compile import Scope
from service.feel.expression import outermost
from service.feel.temporal import read_date
from service.feel.text import text_of_value

MAX_COMBINATIONS = 25_000
NOW = datetime(2026, 1, 1, tzinfo=UTC)
SINGLE = ("UNIQUE", "ANY", "FIRST", "PRIORITY")
OTHER = "其他值"
Values = dict[str, Any]
Domains = Mapping[str, list[Any]]


def faults(
    model: DecisionModel, decision: Decision, functions: Mapping[str, Function] | None = None
) -> list[str]:
    """Chinese sentences with the offending values; empty when the table is complete and free of overlap."""
    if not isinstance(decision.logic, Table):
        return []
    return list(_Check(model, decision.logic, functions).sentences())


def untried(model: DecisionModel, decision: Decision) -> list[str]:
    """Chinese sentences that say for which rules only a sample of the values was tried."""
    if not isinstance(decision.logic, Table):
        return []
    return list(_Check(model, decision.logic, None).untried())


class _Check:
    """A table with the values that each of its inputs is tried with."""

    def __init__(
        self, model: DecisionModel, table: Table, functions: Mapping[str, Function] | None
    ) -> None:
        self.table = table
        self.functions = functions
        self.types = model.types
        self.domains = {n: _domain(n, model, table) for n in sorted(table.free_names)}
        self.with_null = {n: [*values, None] for n, values in self.domains.items()}
        said = {n: values for n, values in self.with_null.items() if _speaks_of_null(n, table)}
        self.for_gaps = self.domains | said
        self.single = table.hit_policy in SINGLE and not any(o.default for o in table.outputs)
        self.cells = {id(rule): list(self._cells(rule)) for rule in table.rules}
        self.firing: dict[int, list[Values]] = {}

    def sentences(self) -> Iterator[str]:
        yield from self._dead()
        if self.table.hit_policy == "UNIQUE":
            yield from self._overlaps()
        if self.single:
            yield from self._gap()

    def untried(self) -> Iterator[str]:
        for rule in self.table.rules:
            yield from self._too_many(f"规则 {rule.id} 是否可能成立", [rule], self.with_null)
        if self.table.hit_policy == "UNIQUE":
            for pair in itertools.combinations(self.table.rules, 2):
                what = f"规则 {pair[0].id} 与 {pair[1].id} 是否重叠"
                yield from self._too_many(what, pair, self.with_null)
        if self.single:
            yield from self._too_many("有没有缺口", self.table.rules, self.for_gaps)

    def _too_many(self, what: str, rules: Iterable[Rule], domains: Domains) -> Iterator[str]:
        count = self._count(self._names(rules), domains)
        if count > MAX_COMBINATIONS:
            yield f"{what}：输入有 {count} 种组合，只试了 {MAX_COMBINATIONS} 种，没有全部试过"

    def _dead(self) -> Iterator[str]:
        for rule in self.table.rules:
            names = self._names([rule])
            if self._count(names, self.with_null) <= MAX_COMBINATIONS and not any(
                self._fires(rule, values) for values in self._combinations(names, self.with_null)
            ):
                yield f"规则 {rule.id} 在任何输入下都不成立，请改正或删去"

    def _overlaps(self) -> Iterator[str]:
        for first, second in itertools.combinations(self.table.rules, 2):
            names = self._names([first, second])
            tried_wholly = self._count(names, self.with_null) <= MAX_COMBINATIONS
            if tried_wholly and not self._meet(first, second):
                continue
            for values in self._combinations(names, self.with_null):
                if self._fires(first, values) and self._fires(second, values):
                    yield (
                        f"规则 {first.id} 与 {second.id} 在 {_written(values)} 时同时成立，"
                        "而命中策略是 UNIQUE"
                    )
                    break

    def _meet(self, first: Rule, second: Rule) -> bool:
        """Whether what makes one rule fire agrees with what makes the other one fire, in all that both look at."""
        shared = sorted({*self._names([first])} & {*self._names([second])})
        there, here = self._firing(first, shared), self._firing(second, shared)
        return not there.isdisjoint(here)

    def _firing(self, rule: Rule, shared: list[str]) -> set[tuple[Any, ...]]:
        """The values of `shared` with which a rule fires."""
        if id(rule) not in self.firing:
            rows = self._combinations(self._names([rule]), self.with_null)
            self.firing[id(rule)] = [row for row in rows if self._fires(rule, row)]
        return {tuple(row[name] for name in shared) for row in self.firing[id(rule)]}

    def _gap(self) -> Iterator[str]:
        for values in self._combinations(self._names(self.table.rules), self.for_gaps):
            if not any(self._fires(rule, values) for rule in self.table.rules):
                yield f"{_written(values)} 时没有规则成立，请补一条规则或给出默认值"
                return

    def _names(self, rules: Iterable[Rule]) -> list[str]:
        """The inputs that the rules look at."""
        used: set[str] = set()
        for rule in rules:
            for column, test in zip(self.table.inputs, rule.tests, strict=True):
                if test.text not in ("", "-"):
                    used |= column.expression.free_names | test.free_names
        return sorted(used & self.domains.keys())

    def _count(self, names: list[str], domains: Domains) -> int:
        return math.prod(len(domains[name]) for name in names)

    def _combinations(self, names: list[str], domains: Domains) -> Iterator[Values]:
        """All combinations, or a sample that is the same each time when there are too many."""
        columns = [domains[name] for name in names]
        if self._count(names, domains) <= MAX_COMBINATIONS:
            rows: Iterable[Any] = itertools.product(*columns)
        else:
            chosen = random.Random(0)  # noqa: S311 (a sample, no secret)
            rows = ([chosen.choice(c) for c in columns] for _ in range(MAX_COMBINATIONS))
        return (dict(zip(names, row, strict=True)) for row in rows)

    def _cells(self, rule: Rule) -> Iterator[_Cell]:
        """The cells of a rule that say something."""
        for column, test in zip(self.table.inputs, rule.tests, strict=True):
            if test.text not in ("", "-"):
                yield _Cell(column, test)

    def _fires(self, rule: Rule, values: Values) -> bool:
        scope: Scope | None = None
        for cell in self.cells[id(rule)]:
            key = tuple(values.get(name) for name in cell.names)
            if key not in cell.known:
                if scope is None:
                    evaluation = Evaluation(NOW, types=self.types)
                    scope = outermost(evaluation, self.functions).inner(values)
                cell.known[key] = _passes(cell.column, cell.test, scope)
            if not cell.known[key]:
                return False
        return True


class _Cell:
    """A cell that says something, the inputs that decide it, and what it said of their values."""

    def __init__(self, column: Any, test: Any) -> None:
        self.column, self.test = column, test
        self.names = sorted(column.expression.free_names | test.free_names)
        self.known: dict[tuple[Any, ...], bool] = {}


def _speaks_of_null(name: str, table: Table) -> bool:
    """Whether a cell of the input's own column writes `null`."""
    return any(
        re.search(r"\bnull\b", rule.tests[i].text)
        for i, column in enumerate(table.inputs)
        if column.expression.text == name
        for rule in table.rules
    )


def _passes(column: Any, test: Any, scope: Scope) -> bool:
    value = column.expression.code(scope)
    return test.test(scope.inner({"?": value}), value) is True


def _domain(name: str, model: DecisionModel, table: Table) -> list[Any]:
    literals: list[Any] = []
    compared = False
    for i, column in enumerate(table.inputs):
        if name not in column.expression.free_names:
            continue
        if column.expression.text == name:
            if column.allowed and all(isinstance(v, str) for v in column.allowed.literals):
                return list(dict.fromkeys(column.allowed.literals))
            literals += column.allowed.literals if column.allowed else ()
            literals += [value for rule in table.rules for value in rule.tests[i].literals]
        else:
            literals += column.expression.literals
            compared |= len(column.expression.free_names) > 1
    wanted = model.inputs.get(name)
    kind = wanted.name if wanted else _kind(literals)
    return _points(kind, literals, compared)


def _kind(literals: list[Any]) -> str:
    if any(isinstance(v, bool) for v in literals) or not literals:
        return "boolean"
    if any(isinstance(v, Decimal) for v in literals):
        return "number"
    return "date" if any(isinstance(v, date) for v in literals) else "string"


def _points(kind: str, literals: list[Any], compared: bool) -> list[Any]:
    if kind == "boolean":
        return [True, False]
    if kind == "number":
        marks = [v for v in literals if isinstance(v, Decimal)] + [Decimal(2)] * compared
        around = [mark + step for mark in marks for step in (-1, 0, 1)]
        return sorted(set(map(Decimal, around))) or [Decimal(1)]
    if kind == "date":
        written = [read_date(v) if isinstance(v, str) else v for v in literals]
        days = [v for v in written if type(v) is date] + [date(2026, 3, 1)] * compared
        return sorted({day + timedelta(step) for day in days for step in (-1, 0, 1)}) or [
            date(2026, 3, 1)
        ]
    texts = [v for v in literals if isinstance(v, str)]
    return [*dict.fromkeys(texts), OTHER]


def _written(values: Values) -> str:
    return "、".join(f"{name} = {text_of_value(value)}" for name, value in values.items())
