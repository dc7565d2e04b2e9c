"""Decision tables with gaps, overlaps or rules that can never fire."""

from __future__ import annotations

from collections.abc import Mapping

from service.dmn import DecisionModel
from service.dmn.completeness import faults, untried
from service.feel import Function
from service.model.finding import Finding


def table_findings(
    decisions: Mapping[str, DecisionModel], functions: Mapping[str, Function]
) -> list[Finding]:
    """One finding a fault; `decisions` by id of the decision."""
    return [
        Finding(model.path, model.decisions[own].line, own, "table-faults", fault)
        for own, model in sorted(decisions.items())
        for fault in faults(model, model.decisions[own], functions)
    ]


def table_notes(decisions: Mapping[str, DecisionModel]) -> list[str]:
    """One Chinese sentence for each check that was made on a sample only."""
    return [
        f"{model.path}:{model.decisions[own].line} 决策 {own}：{note}"
        for own, model in sorted(decisions.items())
        for note in untried(model, model.decisions[own])
    ]
