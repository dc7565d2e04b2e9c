"""The shipped tables open in dmn-js, the editor of their owners, and are read back equal after it saves them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from service.dmn import DecisionModel, parse_dmn
from service.dmn.table import Table
from tests.browser.chrome import browser
from tests.node import bundled, installed

pytestmark = pytest.mark.browser

HERE = Path(__file__).parent / "editor"
PROCESSES = sorted((Path(__file__).parents[2] / "processes").glob("*.dmn"))


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A page of Chromium that holds the editor."""
    bundle = bundled(installed(HERE, tmp_path_factory.mktemp("editor")), "editor.js")
    with browser() as chromium:
        page = chromium.new_page()
        page.set_content("<!doctype html><div id='editor'></div>")
        page.add_script_tag(path=bundle)
        yield page
        page.close()


def told(model: DecisionModel) -> list[Any]:
    """All that a model says, to be compared."""
    found: list[Any] = [model.name, model.namespace, sorted(model.inputs.items())]
    for decision in model.decisions.values():
        found += [decision.id, decision.name, decision.requires, decision.input_names]
        table = decision.logic
        assert isinstance(table, Table)
        found += [table.hit_policy, table.aggregation]
        found += [(i.label, i.expression.text, i.allowed and i.allowed.text) for i in table.inputs]
        found += [
            (o.name, [v.text for v in o.values], o.default and o.default.text)
            for o in table.outputs
        ]
        for rule in table.rules:
            found += [rule.id, [t.text for t in rule.tests], [o.text for o in rule.outputs]]
            found += [dict(rule.annotations)]
    return found


@pytest.mark.parametrize("path", PROCESSES, ids=lambda p: p.stem)
def test_a_table_opens_and_is_saved_unchanged(page: Any, path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    answer = page.evaluate("(xml) => window.opened(xml)", source)
    assert answer["warnings"] == []
    assert "decisionTable" in answer["views"]
    before, after = parse_dmn(source.encode(), "x.dmn"), parse_dmn(answer["xml"].encode(), "x.dmn")
    assert told(after) == told(before)


def test_what_the_editor_cannot_read_is_told(page: Any) -> None:
    source = PROCESSES[0].read_text(encoding="utf-8").replace("<decisionTable", "<undecided", 1)
    answer = page.evaluate(
        "(xml) => window.opened(xml).catch((wrong) => ({ warnings: [String(wrong)] }))", source
    )
    assert answer["warnings"]
