"""Decision tables with all hit policies of DMN 1.5 (chapter 8)."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from service.dmn.errors import DmnError
from service.dmn.model import Decision, Evaluation, MatchedRule
from service.feel import Expression, UnaryTests
from service.feel.compile import Scope
from service.feel.compile.build import NODES_A_STEP
from service.feel.operators import equal, order
from service.feel.values import NUMBERS


@dataclass(frozen=True)
class Input:
    """An input column: its expression, label and allowed values."""

    label: str
    expression: Expression
    allowed: UnaryTests | None


@dataclass(frozen=True)
class Output:
    """An output column: its name, its values in order of priority, its default."""

    name: str
    values: tuple[Expression, ...]
    default: Expression | None


@dataclass(frozen=True)
class Rule:
    """A rule: tests for the input columns, expressions for the output columns, annotations."""

    id: str
    tests: tuple[UnaryTests, ...]
    outputs: tuple[Expression, ...]
    annotations: Mapping[str, str]
    line: int


@dataclass(frozen=True)
class Table:
    """A decision table."""

    path: str
    decision: str
    hit_policy: str
    aggregation: str | None
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]

    @property
    def free_names(self) -> frozenset[str]:
        """Names that columns and cells read."""
        found = [i.expression.free_names for i in self.inputs]
        found += [t.free_names for r in self.rules for t in r.tests]
        found += [o.free_names for r in self.rules for o in r.outputs]
        return frozenset().union(*found) if found else frozenset()

    def evaluate(self, scope: Scope) -> Any:
        """The result by the hit policy; null when no rule fires and there is no default."""
        scope.run.tick(1 + len(self.rules) * len(self.inputs) // (2 * NODES_A_STEP))
        values = [self._input(column, scope) for column in self.inputs]
        scopes = [scope.inner({"?": value}) for value in values]
        fired = [rule for rule in self.rules if _fires(rule, values, scopes)]
        rows = [(rule, self._row(rule, scope)) for rule in fired]
        if not rows:
            return self._default(scope)
        return _POLICIES[self.hit_policy](self, rows, scope)

    def _input(self, column: Input, scope: Scope) -> Any:
        value = column.expression.code(scope)
        if (
            column.allowed
            and value is not None
            and column.allowed.test(scope.inner({"?": value}), value) is not True
        ):
            raise DmnError(
                f"输入 {value} 不在允许的值之内（{column.allowed.text}）",
                path=self.path, decision=self.decision, column=column.label,
            )  # fmt: skip
        return value

    def _row(self, rule: Rule, scope: Scope) -> Any:
        return self._shape([cell.code(scope) for cell in rule.outputs])

    def _shape(self, cells: list[Any]) -> Any:
        if len(self.outputs) == 1:
            return cells[0]
        return {column.name: cell for column, cell in zip(self.outputs, cells, strict=True)}

    def _default(self, scope: Scope) -> Any:
        if self.hit_policy in ("COLLECT", "RULE ORDER", "OUTPUT ORDER") and not any(
            c.default for c in self.outputs
        ):
            return _aggregate(self, []) if self.aggregation else []
        if not any(column.default for column in self.outputs):
            return None
        cells = [c.default.code(scope) if c.default else None for c in self.outputs]
        return self._shape(cells)

    def priority(self, row: Any, scope: Scope) -> tuple[int, ...]:
        """Places of a row's cells in the columns' lists of values; unknown ones last."""
        cells = [row] if len(self.outputs) == 1 else list(row.values())
        places = []
        for column, cell in zip(self.outputs, cells, strict=True):
            values = [v.code(scope) for v in column.values]
            found = [i for i, value in enumerate(values) if equal(value, cell) is True]
            places.append(found[0] if found else len(values))
        return tuple(places)


def _fires(rule: Rule, values: list[Any], scopes: list[Scope]) -> bool:
    for i, test in enumerate(rule.tests):  # noqa: SIM110 (a generator costs more than the test)
        if test.test(scopes[i], values[i]) is not True:
            return False
    return True


Rows = list[tuple[Rule, Any]]


def _note(scope: Scope, rows: Rows) -> None:
    if isinstance(scope.run, Evaluation):
        scope.run.rules = tuple(MatchedRule(rule.id, rule.annotations) for rule, _ in rows)


def _unique(table: Table, rows: Rows, scope: Scope) -> Any:
    if len(rows) > 1:
        raise DmnError(
            f"规则 {'、'.join(rule.id for rule, _ in rows)} 同时成立，而命中策略是 UNIQUE",
            path=table.path, line=rows[1][0].line, decision=table.decision,
        )  # fmt: skip
    _note(scope, rows)
    return rows[0][1]


def _any(table: Table, rows: Rows, scope: Scope) -> Any:
    if any(equal(rows[0][1], row) is not True for _, row in rows):
        raise DmnError(
            f"规则 {'、'.join(rule.id for rule, _ in rows)} 的结果不同，而命中策略是 ANY",
            path=table.path, decision=table.decision,
        )  # fmt: skip
    _note(scope, rows)
    return rows[0][1]


def _first(table: Table, rows: Rows, scope: Scope) -> Any:
    _note(scope, rows[:1])
    return rows[0][1]


def _priority(table: Table, rows: Rows, scope: Scope) -> Any:
    best = min(rows, key=lambda r: table.priority(r[1], scope))
    _note(scope, [best])
    return best[1]


def _rule_order(table: Table, rows: Rows, scope: Scope) -> Any:
    _note(scope, rows)
    return [row for _, row in rows]


def _output_order(table: Table, rows: Rows, scope: Scope) -> Any:
    _note(scope, rows)
    return [row for _, row in sorted(rows, key=lambda r: table.priority(r[1], scope))]


def _collect(table: Table, rows: Rows, scope: Scope) -> Any:
    _note(scope, rows)
    values = [row for _, row in rows]
    return _aggregate(table, values) if table.aggregation else values


def _aggregate(table: Table, values: list[Any]) -> Any:
    if table.aggregation == "COUNT":
        return Decimal(len(values))
    if not values:
        return None
    if table.aggregation == "SUM":
        return functools.reduce(NUMBERS.add, values)
    sign = 1 if table.aggregation == "MAX" else -1
    return functools.reduce(lambda a, b: b if (order(b, a) or 0) * sign > 0 else a, values)


_POLICIES: dict[str, Callable[[Table, Rows, Scope], Any]] = {
    "UNIQUE": _unique,
    "ANY": _any,
    "FIRST": _first,
    "PRIORITY": _priority,
    "RULE ORDER": _rule_order,
    "OUTPUT ORDER": _output_order,
    "COLLECT": _collect,
}


def literal_outputs(decision: Decision) -> frozenset[str]:
    """The texts that rules of a decision's table may give, as far as they are written out."""
    if not isinstance(decision.logic, Table):
        return frozenset()
    cells = (cell.literals for rule in decision.logic.rules for cell in rule.outputs)
    return frozenset(text for found in cells for text in found if isinstance(text, str))
