"""Every example of the reference page holds, and every function has one."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from service.feel import parse
from service.feel.functions import BUILTINS
from service.feel.host import HOST_NAMES, host_functions
from service.feel.operators import equal
from service.regulation.calendar import Calendar
from service.regulation.settings import parse_settings

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/reference/feel.md").read_text(encoding="utf-8")
NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
FUNCTIONS = host_functions(
    Calendar.from_yaml((ROOT / "processes/calendar.yaml").read_bytes()),
    parse_settings((ROOT / "processes/settings.yaml").read_bytes()).settings,
)
EXAMPLES = [
    tuple(line.rsplit(" // ", 1))
    for block in re.findall(r"```feel\n(.*?)```", PAGE, re.S)
    for line in block.splitlines()
]


def value(text: str) -> object:
    return parse(text, names=HOST_NAMES).evaluate({}, now=NOW, functions=FUNCTIONS)


@pytest.mark.parametrize(("expression", "result"), EXAMPLES)
def test_example(expression: str, result: str) -> None:
    found, wanted = value(expression), value(result)
    assert equal(found, wanted) is True, f"{found!r} instead of {wanted!r}"


def test_a_wrong_example_would_be_noticed() -> None:
    assert equal(value("1 + 1"), value("3")) is not True


@pytest.mark.parametrize("name", sorted({*BUILTINS, *HOST_NAMES}))
def test_every_function_has_an_example(name: str) -> None:
    assert any(f"{name}(" in expression for expression, _ in EXAMPLES), name
