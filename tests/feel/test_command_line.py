"""`banjie feel` and `banjie decide` print JSON; what is wrong is one clear line and status 2."""

from __future__ import annotations

import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
ROUTE = "processes/approval_route.dmn"


def banjie(*arguments: str) -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-c", "from service.cli.main import main; main()", *arguments],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize(
    ("expression", "context", "printed"),
    [
        ("0.1 + 0.2", "{}", Decimal("0.3")),
        ("1 / 3", "{}", Decimal("0.3333333333333333333333333333333333")),
        ("a + b", '{"a": 0.1, "b": 12345678901234567890}', Decimal("12345678901234567890.1")),
        ('{甲: [1, "x", null], d: @"2026-02-28", p: @"P1D"}', "{}",
         {"甲": [Decimal(1), "x", None], "d": "2026-02-28", "p": "P1D"}),
        ("n > 1", '{"n": NaN}', None),
    ],
)  # fmt: skip
def test_a_value_is_printed_as_json(expression: str, context: str, printed: Any) -> None:
    status, out, _ = banjie("feel", expression, "--context", context)
    assert status == 0
    assert json.loads(out, parse_float=Decimal, parse_int=Decimal) == printed


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("feel", "1 +"), "没有写完"),
        (("feel", "a b"), "第 1 行第 3 列"),
        (("feel", "1", "--context", "[1"), "JSON"),
        (("feel", "for i in 1..99999 return i"), "超过"),
        (("feel", "for i in 1..400 return {a: partial[-1]}"), "结果太大"),
        (("decide", "nowhere.dmn", "--decision", "x"), "nowhere.dmn"),
        (("decide", "README.md", "--decision", "x"), "README.md:1"),
        (("decide", ROUTE, "--decision", "x"), "approval_route"),
        (("decide", ROUTE, "--decision", "approval_route", "--input", '{"project_type": "x"}'), "列 项目类型"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_one_line_and_status_2(arguments: tuple[str, ...], told: str) -> None:
    status, out, error = banjie(*arguments)
    assert (status, out) == (2, "")
    assert told in error
    assert error.count("\n") == 1


def test_a_decision_is_printed_with_the_rules_that_fired() -> None:
    status, out, _ = banjie(
        "decide", ROUTE, "--decision", "approval_route", "--input", '{"classified": true}'
    )
    printed = json.loads(out)
    assert (status, printed["result"]) == (0, "classified")
    assert printed["rules"][0]["annotations"]["条款"]
