"""Which clause is carried by what: the shipped bundle, and bundles that have lost something."""

import dataclasses
import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from service.cli.coverage import coverage as command
from service.coverage.pages import pages
from service.coverage.report import coverage
from service.engine import compile_bundle
from service.model.bundle import Bundle, read_bundle
from service.model.errors import BadInput
from service.regulation.clauses import parse_register
from service.scenarios.story import read_stories

ROOT = Path(__file__).parents[2]
BUNDLE = read_bundle(ROOT)
STORIES = read_stories(ROOT / "processes" / "scenarios")


def changed(path: str, old: str, new: str):
    """The shipped bundle with a change in one file, compiled."""
    text = BUNDLE.files[path].decode()
    assert old in text
    files = {**BUNDLE.files, path: text.replace(old, new).encode()}
    return compile_bundle(Bundle(files))


def test_every_clause_and_article_is_carried_or_argued() -> None:
    report = coverage(compile_bundle(BUNDLE), STORIES)
    assert report.findings == ()
    assert report.untouched == ()  # some story exercises each clause that one can
    assert len(report.rows) == 257
    assert {row.clause.article for row in report.rows} == set(range(1, 30))
    assert sum(row.verdict == "argued" for row in report.rows) < 10


def test_an_argued_clause_needs_its_reason() -> None:
    text = BUNDLE.files["processes/clauses.yaml"].decode()
    reason = text.partition('id: "1.1.1"')[2].partition("reason: ")[2].partition("}")[0]
    definition = changed("processes/clauses.yaml", f", reason: {reason}", "")
    assert any("条款 1.1.1 没有任何" in f for f in coverage(definition, STORIES).findings)


def test_a_carrier_that_is_lost_is_found() -> None:
    before = compile_bundle(BUNDLE)
    lone = next(
        (row.clause.id, before.forms[row.carriers[0].place.partition(".")[0]].path)
        for row in coverage(before, STORIES).rows
        if [c.kind for c in row.carriers] == ["field"]
    )
    text = BUNDLE.files[lone[1]].decode()
    without = re.sub(rf'(?<=[ "]){re.escape(lone[0])}(?=[ "])', "1.1.3", text)
    definition = compile_bundle(Bundle({**BUNDLE.files, lone[1]: without.encode()}))
    assert any(f"条款 {lone[0]} 没有任何" in f for f in coverage(definition, STORIES).findings)


def test_a_rule_or_setting_without_clause_is_found() -> None:
    definition = changed("processes/settings.yaml", 'clauses: ["19.1.14"]', "clauses: []")
    assert any("没有写明依据" in f for f in coverage(definition, STORIES).findings)


def test_a_story_that_names_an_unknown_clause_is_found() -> None:
    story = dataclasses.replace(STORIES[0], clauses=("99.9",))
    found = coverage(compile_bundle(BUNDLE), [story]).findings
    assert any("99.9 不在登记表里" in f for f in found)


def test_words_of_a_clause_stand_in_its_article() -> None:
    source = 'articles: [{number: 1, chapter: c, text: 甲乙}]\nclauses: [{id: "1.1", article: 1, text: 丙}]'
    with pytest.raises(BadInput, match="不是第 1 条的原文"):
        parse_register(source.encode())


def test_who_keeps_a_clause_in_the_service_exists() -> None:
    for clause in compile_bundle(BUNDLE).clauses.values():
        for keeper in clause.keepers:
            place = ROOT / "service" / keeper.place
            assert place.with_suffix(".py").exists() or place.is_dir(), (clause.id, keeper.place)


def test_stored_pages_are_those_of_the_bundle() -> None:
    made = pages(compile_bundle(BUNDLE), coverage(compile_bundle(BUNDLE), STORIES))
    folder = ROOT / "docs" / "regulation"
    stored = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.md")}
    assert made == stored, "run: banjie coverage --write docs/regulation"


def test_command_prints_json_and_status() -> None:
    result = CliRunner().invoke(command, [str(ROOT), "--json"])
    data = json.loads(result.output)
    assert result.exit_code == (1 if data["findings"] else 0)
    assert len(data["clauses"]) == 257
