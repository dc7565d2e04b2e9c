"""A decision table looked at rule by rule, also the rules that do not fire: for checklists of a gate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from service.dmn.model import DecisionModel, Evaluation
from service.dmn.session import Session
from service.dmn.table import Input, Rule, Table
from service.feel import Function
from service.feel.compile import Scope


@dataclass(frozen=True)
class CellView:
    """A cell that asks something: the column's label, the inputs it reads, whether it holds now."""

    label: str
    reads: frozenset[str]
    holds: bool


@dataclass(frozen=True)
class RuleView:
    """A rule with its cells (empty ones left out), what it would give, its annotations by column."""

    rule_id: str
    cells: tuple[CellView, ...]
    result: Any
    annotations: Mapping[str, str]


def rule_by_rule(
    model: DecisionModel,
    decision_id: str,
    inputs: Mapping[str, Any],
    *,
    now: datetime,
    functions: Mapping[str, Function] | None = None,
) -> tuple[RuleView, ...]:
    """Every rule of a decision's table for `inputs` by name; empty when its logic is no table.

    Raises as `DecisionModel.evaluate`.
    """
    table = model.decisions[decision_id].logic
    if not isinstance(table, Table):
        return ()
    session = Session(model, inputs, Evaluation(now, types=model.types), functions)
    scope = session.scope_of(decision_id)
    return tuple(_view(table, rule, scope) for rule in table.rules)


def columns_of(
    model: DecisionModel,
    decision_id: str,
    inputs: Mapping[str, Any],
    *,
    now: datetime,
    functions: Mapping[str, Function] | None = None,
) -> tuple[tuple[Input, Any], ...]:
    """The input columns of a decision's table, in their order, with what each came to for `inputs` by name; empty
    when its logic is no table. Raises as `DecisionModel.evaluate`.
    """
    table = model.decisions[decision_id].logic
    if not isinstance(table, Table):
        return ()
    session = Session(model, inputs, Evaluation(now, types=model.types), functions)
    scope = session.scope_of(decision_id)
    return tuple((column, column.expression.code(scope)) for column in table.inputs)


def _view(table: Table, rule: Rule, scope: Scope) -> RuleView:
    cells = []
    for column, test in zip(table.inputs, rule.tests, strict=True):
        if test.text.strip() in ("", "-"):
            continue
        value = column.expression.code(scope)
        holds = test.test(scope.inner({"?": value}), value) is True
        cells.append(CellView(column.label, column.expression.free_names | test.free_names, holds))
    result = rule.outputs[0].code(scope) if rule.outputs else None
    return RuleView(rule.id, tuple(cells), result, rule.annotations)
