"""Decisions with unknown inputs: which rules fire, may fire, do not fire, and what can come of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import Any

from service.dmn import Decision, DecisionModel, DmnError, parse_dmn
from service.dmn.table import Rule, Table
from service.model.bundle import Bundle
from service.proof.partial import LONG_AGO, UNKNOWN, Clock, evaluated, passes

MAYBE = 8  # so many rules that may or may not fire are tried in all combinations


def read_decisions(bundle: Bundle) -> dict[str, DecisionModel]:
    """The models of a bundle by decision id. Raises BadInput."""
    models = (_model(source, path) for path, source in bundle.of_kind(".dmn").items())
    return {decision: model for model in models for decision in model.decisions}


@lru_cache(maxsize=100)
def _model(source: bytes, path: str) -> DecisionModel:
    """Between two versions of a bundle hardly a table changes."""
    return parse_dmn(source, path)


@dataclass(frozen=True)
class Fired:
    """Rules by whether they fire: surely, perhaps; the others do not."""

    surely: tuple[Rule, ...]
    perhaps: tuple[Rule, ...]


def fired(table: Table, inputs: Mapping[str, Any], clock: Clock) -> Fired:
    """Which rules fire for inputs of which some are UNKNOWN."""
    values = [evaluated(column.expression, inputs, clock) for column in table.inputs]
    surely, perhaps = [], []
    for rule in table.rules:
        found: Any = True
        for test, value in zip(rule.tests, values, strict=True):
            passed = passes(test, value, inputs, clock)
            if passed is False:
                found = False
                break
            found = UNKNOWN if passed is UNKNOWN else found
        if found is True:
            surely.append(rule)
        elif found is UNKNOWN:
            perhaps.append(rule)
    return Fired(tuple(surely), tuple(perhaps))


def results(
    model: DecisionModel, decision_id: str, inputs: Mapping[str, Any], clock: Clock
) -> list[Any] | None:
    """What the decision can give; None when anything must be expected.

    Exact when every input is known; an empty list when the decision refuses the inputs. With unknown
    inputs a superset: each rule is judged by itself.
    """
    decision = model.decisions[decision_id]
    if not any(value is UNKNOWN for value in inputs.values()):
        try:
            now = clock.now or LONG_AGO
            return [model.evaluate(decision_id, inputs, now=now, functions=clock.functions).result]
        except DmnError:
            return []
    table = table_of(decision)
    return None if table is None else _possible(table, fired(table, inputs, clock), clock)


def table_of(decision: Decision) -> Table | None:
    """Its table, when it stands by itself."""
    logic = decision.logic
    alone = not any(r.decision_id for r in decision.requires)
    return logic if isinstance(logic, Table) and alone else None


def _possible(table: Table, found: Fired, clock: Clock) -> list[Any] | None:
    if len(found.perhaps) > MAYBE or table.aggregation:
        return None
    if table.hit_policy in ("UNIQUE", "ANY", "FIRST", "PRIORITY"):
        rules = [*found.surely, *found.perhaps]
        rows = [_row(table, rule, clock) for rule in rules]
        if not found.surely:
            rows.append(None)
        return None if any(UNKNOWN in _cells(row) for row in rows) else rows
    order = {rule.id: n for n, rule in enumerate(table.rules)}
    lists = []
    for size in range(len(found.perhaps) + 1):
        for some in combinations(found.perhaps, size):
            rules = sorted((*found.surely, *some), key=lambda r: order[r.id])
            lists.append([_row(table, rule, clock) for rule in rules])
    return None if any(UNKNOWN in _cells(row) for one in lists for row in one) else lists


def _row(table: Table, rule: Rule, clock: Clock) -> Any:
    cells = [evaluated(cell, {}, clock) for cell in rule.outputs]
    if len(cells) == 1:
        return cells[0]
    return {column.name: cell for column, cell in zip(table.outputs, cells, strict=True)}


def _cells(row: Any) -> list[Any]:
    return list(row.values()) if isinstance(row, dict) else [row]


def spread(node_result: str | None, decision: Decision, result: Any) -> dict[str, Any]:
    """The variables that a business rule task sets from a result (docs: diagram-properties)."""
    if node_result:
        return {node_result: result}
    if isinstance(result, list):
        return {decision.id: result}
    if isinstance(result, dict):
        return {name: result.get(name) for name in decision.output_names}
    if result is None:
        return dict.fromkeys(decision.output_names)
    return {decision.output_names[0]: result}
