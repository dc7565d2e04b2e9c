"""Every shipped diagram opens in bpmn-js without a warning, and says the same after it was saved there."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from service.engine import compile_bundle
from service.model.bundle import Bundle, read_bundle
from tests.browser.chrome import browser
from tests.node import installed

pytestmark = pytest.mark.browser

HERE = Path(__file__).parent / "oracle"
BUNDLE = read_bundle(Path(__file__).parents[2])
DIAGRAMS = sorted(path for path in BUNDLE.files if path.endswith(".bpmn"))
OPEN_AND_SAVE = """async xml => {
  const modeler = new BpmnJS({ container: document.body });
  const { warnings } = await modeler.importXML(xml);
  const saved = await modeler.saveXML({ format: true });
  modeler.destroy();
  return { warnings: warnings.map(w => w.message), xml: saved.xml };
}"""


@pytest.fixture(scope="module")
def reopened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], dict[str, Any]]]:
    """A function: path → warnings and the text that the modeler saves."""
    folder = installed(HERE, tmp_path_factory.mktemp("modeler"))
    with browser() as chromium:
        page = chromium.new_page()
        page.set_content("<!doctype html><body style='height: 600px'></body>")
        page.add_script_tag(
            path=folder / "node_modules/bpmn-js/dist/bpmn-modeler.production.min.js"
        )
        yield lambda path: page.evaluate(OPEN_AND_SAVE, BUNDLE.files[path].decode())


@pytest.fixture(scope="module")
def saved(reopened: Callable[[str], dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Every diagram, opened and saved."""
    return {path: reopened(path) for path in DIAGRAMS}


def test_no_diagram_is_opened_with_a_warning(saved: dict[str, dict[str, Any]]) -> None:
    assert {path: s["warnings"] for path, s in saved.items() if s["warnings"]} == {}


def test_a_saved_diagram_runs_the_same(saved: dict[str, dict[str, Any]]) -> None:
    """Elements with their properties, flows with their conditions, lanes: all as before."""
    texts = {path: s["xml"].encode() for path, s in saved.items()}
    before = compile_bundle(BUNDLE)
    after = compile_bundle(dataclasses.replace(BUNDLE, files={**BUNDLE.files, **texts}))
    assert set(after.processes) == set(before.processes)
    for process_id, process in before.processes.items():
        other = after.processes[process_id]
        assert (other.name, other.documentation, other.lanes, other.properties) == (
            process.name, process.documentation, process.lanes, process.properties
        )  # fmt: skip
        assert _said(other.elements) == _said(process.elements), process_id
        assert _said(other.flows) == _said(process.flows), process_id


def _said(things: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """All that elements or flows say, without the line where they stand."""
    return {
        name: {
            f.name: getattr(thing, f.name) for f in dataclasses.fields(thing) if f.name != "line"
        }
        for name, thing in things.items()
    }


def test_a_saved_diagram_looks_the_same(saved: dict[str, dict[str, Any]]) -> None:
    """Shapes, labels and waypoints stand where they stood."""
    for path, found in saved.items():
        assert _drawn(found["xml"].encode()) == _drawn(BUNDLE.files[path]), path


def _drawn(source: bytes) -> dict[str, list[tuple[float, ...]]]:
    """By element, the boxes and points of its drawing."""
    return {
        shape.get("bpmnElement"): [
            tuple(float(part.get(name)) for name in ("x", "y", "width", "height") if part.get(name))
            for part in shape.iter()
            if part.get("x")
        ]
        for shape in etree.fromstring(source).iter("{*}BPMNShape", "{*}BPMNEdge")
    }


def test_the_comparison_sees_what_is_lost() -> None:
    """A property taken away, or a shape moved, is a difference."""
    path = "processes/termination.bpmn"
    source = BUNDLE.files[path]
    moved = source.replace(b'<dc:Bounds x="', b'<dc:Bounds x="1', 1)
    assert _drawn(moved) != _drawn(source)
    dropped = source.replace(b'name="act" value="termination.decide"', b'name="act" value="x"')
    other: Bundle = dataclasses.replace(BUNDLE, files={**BUNDLE.files, path: dropped})
    before = compile_bundle(BUNDLE).processes["termination"].elements
    assert _said(compile_bundle(other).processes["termination"].elements) != _said(before)
