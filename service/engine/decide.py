"""Decisions at an element: bind the inputs, evaluate, spread the result over variables."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from service.dmn import Outcome
from service.engine.context import evaluate
from service.engine.definition import Definition
from service.engine.elements import Element
from service.model.errors import BadInput, Reason


def decide(
    definition: Definition,
    element: Element,
    decision_id: str,
    names: Mapping[str, Any],
    now: datetime,
    family: str = "in",
) -> Outcome:
    """Evaluate a decision with `in.*` of the element, or the variables of its inputs' names.

    `family` is another prefix of the bindings, for a second decision at the same element.
    """
    model = definition.decisions.get(decision_id)
    if model is None:
        raise BadInput(f"{element.process_id}/{element.id}：没有决策表 {decision_id}。")
    inputs = bound_inputs(definition, element, decision_id, names, now, family)
    return model.evaluate(decision_id, inputs, now=now, functions=definition.functions)


def bound_inputs(
    definition: Definition,
    element: Element,
    decision_id: str,
    names: Mapping[str, Any],
    now: datetime,
    family: str = "in",
) -> dict[str, Any]:
    """The inputs of a decision by name, as an element binds them."""
    bound = element.family(family)
    decision = definition.decisions[decision_id].decisions[decision_id]
    return {
        name: evaluate(definition, bound[name], names, now, element)
        if name in bound
        else names.get(name)
        for name in decision.input_names
    }


def variables_of(definition: Definition, element: Element, outcome: Outcome) -> dict[str, Any]:
    """The variables that a business rule task sets from the result."""
    assert element.decision_id
    result = outcome.result
    whole = element.properties.get("result")
    if whole:
        return {whole: result}
    decision = definition.decisions[element.decision_id].decisions[element.decision_id]
    if isinstance(result, list):
        return {element.decision_id: result}
    if isinstance(result, dict):
        return {name: result.get(name) for name in decision.output_names}
    return {decision.output_names[0]: result}


def reasons_of(outcome: Outcome) -> tuple[Reason, ...]:
    """One reason for each rule that fired: its sentence and its clauses."""
    return tuple(
        Reason(
            rule.annotations.get("说明") or rule.annotations.get("条款") or rule.rule_id,
            tuple(rule.annotations.get("条款", "").split()),
        )
        for rule in outcome.rules
    )
