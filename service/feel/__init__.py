"""FEEL, the expression language of DMN: parse once, evaluate many times, never reach Python."""

from service.feel.errors import FeelLimitExceeded, FeelSyntaxError
from service.feel.expression import (
    Expression,
    UnaryTests,
    evaluate_text,
    parse,
    parse_unary_tests,
)
from service.feel.limits import DEFAULT, Limits
from service.feel.values import DaysTime, Function, Range, YearsMonths

__all__ = [
    "DEFAULT",
    "DaysTime",
    "Expression",
    "FeelLimitExceeded",
    "FeelSyntaxError",
    "Function",
    "Limits",
    "Range",
    "UnaryTests",
    "YearsMonths",
    "evaluate_text",
    "parse",
    "parse_unary_tests",
]
