"""`banjie feel` and `banjie decide` print JSON; what is wrong is one clear line and status 2."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from service.cli.main import main

ROOT = Path(__file__).parents[2]
ROUTE = "processes/approval_route.dmn"


Banjie = Callable[..., tuple[int, str, str]]


@pytest.fixture
def banjie(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Banjie:
    """The console script: its status, what it printed, what it said of errors."""
    monkeypatch.chdir(ROOT)

    def call(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["banjie", *arguments])
        status = 0
        try:
            main()
        except SystemExit as leave:
            status = int(leave.code or 0)
        return status, *capsys.readouterr()

    return call


def test_the_script_is_installed() -> None:
    """One in a process of its own: what the others call is what a shell starts."""
    script = Path(sys.executable).with_name("banjie")
    done = subprocess.run(
        [script, "feel", "1 +"], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "没有写完" in done.stderr
    assert done.stderr.count("\n") == 1


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
def test_a_value_is_printed_as_json(
    banjie: Banjie, expression: str, context: str, printed: Any
) -> None:
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
def test_what_is_wrong_is_one_line_and_status_2(
    banjie: Banjie, arguments: tuple[str, ...], told: str
) -> None:
    status, out, error = banjie(*arguments)
    assert (status, out) == (2, "")
    assert told in error
    assert error.count("\n") == 1


def test_a_decision_is_printed_with_the_rules_that_fired(banjie: Banjie) -> None:
    status, out, _ = banjie(
        "decide", ROUTE, "--decision", "approval_route", "--input", '{"classified": true}'
    )
    printed = json.loads(out)
    assert (status, printed["result"]) == (0, "classified")
    assert printed["rules"][0]["annotations"]["条款"]
