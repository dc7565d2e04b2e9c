"""Random tables of intervals, every hit policy, against a plain reading of DMN 1.5, 8.2.8."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.dmn import DmnError, parse_dmn

NOW = datetime(2026, 1, 1, tzinfo=UTC)
RULES = st.lists(
    st.tuples(st.integers(0, 9), st.integers(0, 9), st.sampled_from("abc")), min_size=1, max_size=6
)
PRIORITY = "bca"


def model(policy: str, aggregation: str, rules: list[tuple[int, int, Any]]) -> Any:
    rows = "".join(
        f'<rule id="r{i}"><inputEntry><text>[{low}..{high}]</text></inputEntry>'
        f"<outputEntry><text>{out}</text></outputEntry></rule>"
        for i, (low, high, out) in enumerate(rules)
    )
    order = ", ".join(f'"{letter}"' for letter in PRIORITY)
    more = f'aggregation="{aggregation}"' if aggregation else ""
    return parse_dmn(
        f"""<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="n">
        <decision id="x" name="x"><decisionTable hitPolicy="{policy}" {more}>
        <input><inputExpression><text>n</text></inputExpression></input>
        <output name="o"><outputValues><text>{order}</text></outputValues></output>
        {rows}</decisionTable></decision></definitions>""".encode(),
        "x.dmn",
    )


def expected(policy: str, hits: list[str]) -> Any:
    """What the standard says; DmnError for a contradiction."""
    by_priority = sorted(hits, key=PRIORITY.index)
    if policy in ("RULE ORDER", "COLLECT"):
        return hits
    if policy == "OUTPUT ORDER":
        return by_priority
    if not hits:
        return None
    if (policy == "UNIQUE" and len(hits) > 1) or (policy == "ANY" and len(set(hits)) > 1):
        return DmnError
    return by_priority[0] if policy == "PRIORITY" else hits[0]


@pytest.mark.parametrize(
    "policy",
    ["UNIQUE", "ANY", "FIRST", "PRIORITY", "RULE ORDER", "OUTPUT ORDER", "COLLECT"],
)
@settings(max_examples=60, deadline=None)
@given(rules=RULES, value=st.integers(0, 9))
def test_hit_policy(policy: str, rules: list[tuple[int, int, str]], value: int) -> None:
    made = model(policy, "", [(low, high, f'"{out}"') for low, high, out in rules])
    hits = [out for low, high, out in rules if low <= value <= high]
    wanted = expected(policy, hits)
    if wanted is DmnError:
        with pytest.raises(DmnError, match="r"):
            made.evaluate("x", {"n": value}, now=NOW)
    else:
        outcome = made.evaluate("x", {"n": value}, now=NOW)
        assert outcome.result == wanted
        assert bool(outcome.rules) == bool(hits)


@pytest.mark.parametrize(
    ("aggregation", "fold"), [("SUM", sum), ("MIN", min), ("MAX", max), ("COUNT", len)]
)
@settings(max_examples=60, deadline=None)
@given(
    rules=st.lists(
        st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(-50, 50)),
        min_size=1,
        max_size=6,
    ),
    value=st.integers(0, 9),
)
def test_aggregation(
    aggregation: str, fold: Any, rules: list[tuple[int, int, int]], value: int
) -> None:
    hits = [out for low, high, out in rules if low <= value <= high]
    found = model("COLLECT", aggregation, rules).evaluate("x", {"n": value}, now=NOW).result
    wanted = fold(hits) if hits or aggregation == "COUNT" else None
    assert found == (None if wanted is None else Decimal(wanted))
