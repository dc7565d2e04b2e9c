"""DMN decision models: read, check, evaluate. Cells and expressions are FEEL."""

from service.dmn.errors import DmnError
from service.dmn.model import Decision, DecisionModel, MatchedRule, Outcome
from service.dmn.reader import namespace_of, parse_dmn

__all__ = [
    "Decision",
    "DecisionModel",
    "DmnError",
    "MatchedRule",
    "Outcome",
    "namespace_of",
    "parse_dmn",
]
