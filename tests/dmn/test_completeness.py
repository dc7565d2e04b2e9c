"""Gaps, overlaps and dead rules are told with the values that show them."""

from __future__ import annotations

from pathlib import Path

import pytest

from service.dmn import parse_dmn
from service.dmn.completeness import MAX_COMBINATIONS, faults, untried
from service.feel.host import host_functions
from service.regulation.calendar import Calendar

PROCESSES = Path(__file__).parents[2] / "processes"
FUNCTIONS = host_functions(Calendar())


def table(policy: str, *tests: str, default: str = "", kind: str = "number") -> list[str]:
    rules = "".join(
        f'<rule id="r{i}"><inputEntry><text>{test}</text></inputEntry>'
        f"<outputEntry><text>{i}</text></outputEntry></rule>"
        for i, test in enumerate(tests, 1)
    )
    fallback = f"<defaultOutputEntry><text>{default}</text></defaultOutputEntry>" if default else ""
    model = parse_dmn(
        f"""<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="n">
        <inputData id="n" name="n"><variable name="n" typeRef="{kind}"/></inputData>
        <decision id="x" name="x"><informationRequirement><requiredInput href="#n"/></informationRequirement>
        <decisionTable hitPolicy="{policy}"><input label="n"><inputExpression><text>n</text></inputExpression>
        </input><output name="o">{fallback}</output>{rules}</decisionTable></decision></definitions>""".encode(),
        "x.dmn",
    )
    return faults(model, model.decisions["x"])


def test_a_complete_table_has_no_fault() -> None:
    assert table("UNIQUE", "&lt;= 500000", "&gt; 500000") == []


def test_a_gap_is_told_with_a_value() -> None:
    [fault] = table("UNIQUE", "&lt; 500000", "&gt; 500000")
    assert "n = 500000 时没有规则成立" in fault


def test_an_overlap_is_told_with_rules_and_value() -> None:
    [fault] = table("UNIQUE", "&lt;= 500000", "&gt;= 500000")
    assert "规则 r1 与 r2" in fault
    assert "n = 500000" in fault


def test_first_may_overlap_but_not_gape() -> None:
    assert table("FIRST", "&lt;= 5", "&gt;= 5") == []
    assert "没有规则成立" in table("FIRST", "&lt;= 5", "&gt; 6")[0]


def test_a_default_closes_the_gap() -> None:
    assert table("UNIQUE", "&lt; 5", default="0") == []


def test_a_rule_that_can_never_fire_is_dead() -> None:
    [fault] = table("COLLECT", "[5..3]")
    assert "规则 r1 在任何输入下都不成立" in fault


def test_collect_may_gape() -> None:
    assert table("COLLECT", "&gt; 5") == []


def test_dates_and_texts() -> None:
    found = table("UNIQUE", '&lt;= date("2026-02-28")', '&gt; date("2026-03-01")', kind="date")
    assert "n = 2026-03-01" in found[0]
    assert "其他值" in table("UNIQUE", '"construction"', '"operations"', kind="string")[0]


def test_a_rule_for_null_is_not_dead_and_null_overlaps() -> None:
    assert table("COLLECT", "null") == []
    [fault] = table("UNIQUE", "null", "not(5)", default="0")
    assert "n = null" in fault or "同时成立" in fault


def test_where_a_rule_speaks_of_null_its_gap_is_told() -> None:
    assert table("UNIQUE", "&lt;= 5", "&gt; 5") == []
    found = table("UNIQUE", "&lt;= 5, null", "&gt; 5")
    assert found == []


def wide(columns: int) -> tuple[object, object]:
    """A UNIQUE table of so many columns of numbers, with one gap."""
    inputs = "".join(
        f"<input><inputExpression><text>n{i}</text></inputExpression></input>"
        for i in range(columns)
    )
    rules = "".join(
        f'<rule id="{name}">'
        + f"<inputEntry><text>{test}</text></inputEntry>" * columns
        + "<outputEntry><text>1</text></outputEntry></rule>"
        for name, test in (("low", "&lt; 5"), ("high", "&gt; 5"))
    )
    model = parse_dmn(
        f"""<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="n">
        <decision id="x" name="x"><decisionTable>{inputs}<output name="o"/>{rules}</decisionTable></decision>
        </definitions>""".encode(),
        "x.dmn",
    )
    return model, model.decisions["x"]


def test_what_was_only_sampled_is_told() -> None:
    model, decision = wide(12)
    notes = untried(model, decision)  # type: ignore[arg-type]
    assert any("有没有缺口" in note and f"只试了 {MAX_COMBINATIONS} 种" in note for note in notes)
    assert "没有规则成立" in faults(model, decision)[-1]  # type: ignore[arg-type]
    small, narrow = wide(2)
    assert untried(small, narrow) == []  # type: ignore[arg-type]


@pytest.mark.parametrize("path", sorted(PROCESSES.glob("*.dmn")), ids=lambda p: p.stem)
def test_the_shipped_tables_are_complete(path: Path) -> None:
    model = parse_dmn(path.read_bytes(), path.name)
    assert model.decisions
    for decision in model.decisions.values():
        assert faults(model, decision, FUNCTIONS) == []
