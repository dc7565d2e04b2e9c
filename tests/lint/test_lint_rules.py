"""Every rule has a bundle that keeps it and one that breaks it, a page, and words; nothing is found without a rule."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from lint_pairs import PAIRS, SOUND

from service.cli.main import banjie
from service.lint.rules import RULES
from service.model.bundle import read_bundle
from service.queries.findings import findings

ROOT = Path(__file__).parents[2]
WITHOUT_PAIR = {"engine"}  # what is left for it is what no other rule foresaw: see the test below


def test_the_sound_bundle_has_no_finding():
    assert [str(f) for f in findings(SOUND)[1]] == []


def test_the_shipped_bundle_has_no_finding():
    assert [str(f) for f in findings(read_bundle(ROOT))[1]] == []


@pytest.mark.parametrize("rule", sorted(RULES))
def test_a_rule_finds_what_breaks_it_and_nothing_else(rule):
    if rule in WITHOUT_PAIR:
        return
    good, bad = PAIRS[rule]
    assert rule not in {f.rule for f in findings(good)[1]}
    found = [f for f in findings(bad)[1] if f.rule == rule]
    assert found, [str(f) for f in findings(bad)[1]]
    assert all(f.line >= 1 and f.text and f.path for f in found)


def test_what_the_engine_alone_refuses_is_a_finding(monkeypatch):
    from service.engine import compiling
    from service.model.errors import BadInput

    def refuse(_processes):
        raise BadInput("流程图无法执行：某处")

    monkeypatch.setattr(compiling, "_specs", refuse)
    compiling._compiled.cache_clear()
    (found,) = findings(SOUND)[1]
    assert (found.rule, found.text) == ("engine", "流程图无法执行：某处")
    compiling._compiled.cache_clear()


def test_every_rule_is_registered_with_words_a_pair_and_a_page():
    said = set()
    for path in [
        *(ROOT / "service/engine/checks").glob("*.py"),
        *(ROOT / "service/lint").glob("*.py"),
        ROOT / "service/engine/compiling.py",
        ROOT / "service/queries/findings.py",
        ROOT / "service/model/finding.py",
    ]:
        said |= set(
            re.findall(
                r'"([a-z]+(?:-[a-z]+)+|feel|sheet|question|engine|readable)"', path.read_text()
            )
        )
    assert said - set(RULES) == set()
    assert set(RULES) - set(PAIRS) == set()
    for rule in RULES.values():
        assert all(re.search("[一-鿿]", text) for text in (rule.title, rule.why, rule.remedy)), rule
        page = (ROOT / "docs/rules" / f"{rule.id}.md").read_text()
        assert page == rule.page, f"run: python -m service.lint.rules docs/rules ({rule.id})"
    assert {p.stem for p in (ROOT / "docs/rules").glob("*.md")} == {*RULES, "README"}


def test_command_line(tmp_path):
    for path, source in PAIRS["act-cited"][1].files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(source)
    told = CliRunner().invoke(banjie, ["lint", str(tmp_path)])
    assert told.exit_code == 1
    assert (
        "processes/review.bpmn:11 examine：没有写明它是办法里的哪个行为（act）〔act-cited〕"
        in told.output
    )
    assert "怎么办：写 act 属性" in told.output
    (row,) = json.loads(CliRunner().invoke(banjie, ["lint", str(tmp_path), "--json"]).output)[
        "findings"
    ]
    assert (row["rule"], row["line"], row["element"]) == ("act-cited", 11, "examine")
