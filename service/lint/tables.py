"""Decision tables with gaps, overlaps or rules that can never fire."""

from __future__ import annotations

from collections.abc import Mapping

from service.dmn import DecisionModel
from service.dmn.completeness import faults, untried
from service.feel import Function


def table_findings(
    decisions: Mapping[str, DecisionModel], functions: Mapping[str, Function]
) -> list[str]:
    """One Chinese sentence a fault, with file, line and decision; `decisions` by id of the decision."""
    return [
        f"{model.path}:{model.decisions[decision_id].line} 决策 {decision_id}：{fault}"
        for decision_id, model in sorted(decisions.items())
        for fault in faults(model, model.decisions[decision_id], functions)
    ]


def table_notes(decisions: Mapping[str, DecisionModel]) -> list[str]:
    """One Chinese sentence for each check that was made on a sample only."""
    return [
        f"{model.path}:{model.decisions[decision_id].line} 决策 {decision_id}：{note}"
        for decision_id, model in sorted(decisions.items())
        for note in untried(model, model.decisions[decision_id])
    ]
