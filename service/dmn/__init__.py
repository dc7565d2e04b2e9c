"""DMN decision models: read, check, evaluate. Cells and expressions are FEEL."""

from service.dmn.errors import DmnError
from service.dmn.model import Decision, DecisionModel, MatchedRule, Outcome
from service.dmn.reader import parse_dmn

__all__ = ["Decision", "DecisionModel", "DmnError", "MatchedRule", "Outcome", "parse_dmn"]
