"""DMN decision models: read, check, evaluate. Cells and expressions are FEEL."""

from service.dmn.errors import DmnError
from service.dmn.model import Decision, DecisionModel, MatchedRule, Outcome
from service.dmn.reader import namespace_of, parse_dmn
from service.dmn.rule_by_rule import CellView, RuleView, rule_by_rule
from service.dmn.table import literal_outputs

__all__ = [
    "CellView",
    "Decision",
    "DecisionModel",
    "DmnError",
    "MatchedRule",
    "Outcome",
    "RuleView",
    "literal_outputs",
    "namespace_of",
    "parse_dmn",
    "rule_by_rule",
]
