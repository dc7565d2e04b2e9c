"""What DMN 1.5 says of values, operators and functions: each line of cases/*.feel is `expression ==> result`.

The cases cover null and wrong arguments, names of parameters, years beyond Python's, nanoseconds, zones.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from service.feel import evaluate_text
from service.feel.functions import BUILTINS
from service.feel.text import text_of_value

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
CASES = [
    tuple(line.split(" ==> "))
    for path in sorted((Path(__file__).parent / "cases").glob("*.feel"))
    for line in path.read_text(encoding="utf-8").splitlines()
]


def text(expression: str) -> str | None:
    return text_of_value(evaluate_text(expression, {}, now=NOW), inside=True)


@pytest.mark.parametrize(("expression", "result"), CASES)
def test_case(expression: str, result: str) -> None:
    assert text(expression) == text(result)


@pytest.mark.parametrize("name", sorted(BUILTINS))
def test_every_function_has_cases(name: str) -> None:
    assert sum(f"{name}(" in expression for expression, _ in CASES) >= 2
