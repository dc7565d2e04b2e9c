"""Decisions that fell at a step: with their inputs, the rules that fired, what came out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from service.dmn.model import Decision
from service.dmn.rule_by_rule import columns_of
from service.dmn.table import Table
from service.engine import Definition
from service.model.values import from_json
from service.queries.replay.words import words
from service.store.history import StoredEvent


@dataclass(frozen=True)
class Fired:
    """A decision at a step: its name, (input, value), (rule, clauses, words) of the rules that fired, its result."""

    name: str
    inputs: list[tuple[str, str]]
    rules: list[tuple[str, tuple[str, ...], str]]
    result: str


def decisions_of(definition: Definition, event: StoredEvent) -> list[Fired]:
    """Those of an event."""
    return [
        _fired(definition, fields, event.at)
        for name, fields in event.body.get("effects", ())
        if name == "DecisionEvaluated"
    ]


def _fired(definition: Definition, fields: Mapping[str, Any], at: datetime) -> Fired:
    decision_id = fields["decision_id"]
    decision = definition.decisions[decision_id].decisions[decision_id]
    table = decision.logic if isinstance(decision.logic, Table) else None
    notes = {rule.id: rule.annotations for rule in table.rules} if table else {}
    rules = [
        (rule, tuple(notes[rule].get("条款", "").split()), notes[rule].get("说明", ""))
        for rule in fields["rules"]
        if rule in notes
    ]
    inputs = _inputs(definition, decision_id, fields["inputs"], at)
    return Fired(
        decision.name, inputs, rules, _result(definition, decision, from_json(fields["result"]))
    )


def _inputs(
    definition: Definition, decision_id: str, given: Mapping[str, Any], at: datetime
) -> list[tuple[str, str]]:
    """The columns of the table with what each came to; then, by name, what only cells read."""
    inputs = {name: from_json(value) for name, value in given.items()}
    columns = columns_of(
        definition.decisions[decision_id], decision_id, inputs, now=at, functions=definition.functions
    )  # fmt: skip
    read = {name for column, _ in columns for name in column.expression.free_names}
    shown = [
        (column.label, words(definition, column.expression.text.strip(), value))
        for column, value in columns
    ]
    return shown + [
        (name, words(definition, name, value)) for name, value in inputs.items() if name not in read
    ]


def _result(definition: Definition, decision: Decision, value: Any) -> str:
    """What came out, in the words of the column from which it came."""
    names = decision.output_names
    return words(definition, names[0] if len(names) == 1 else "", value)
