"""The task page of every form, as its person in charge sees it: no violation of axe, nothing too wide.

The ordinary run looks at a few forms with most kinds of field; the heavy one at all, on a
light desktop and a dark phone: `pytest -m heavy tests/browser/test_task_pages.py`.
"""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from service.definitions import sheets_of
from service.engine import Definition, compile_bundle
from service.model.bundle import read_bundle
from tests.browser.chrome import PATH
from tests.browser.county import County
from tests.browser.sheets_seen import handed_out
from tests.browser.test_all_pages import violations
from tests.browser.test_paper_pages import OVER_TEXT
from tests.browser.tour import ROOT, stops, touring, walk

needs_chromium = pytest.mark.skipif(
    PATH is None and not os.environ.get("CI"),
    reason="no Chromium on this machine (apt-get install chromium)",
)
pytestmark = [pytest.mark.browser, needs_chromium]
CLIPPED = """() => [...document.querySelectorAll('.paper th, .paper td')]
  .filter(cell => cell.scrollWidth > cell.clientWidth + 1).map(cell => 'clipped: ' + cell.innerText)"""
EARLY = 12  # steps of a story: the ordinary run does not play whole ones


@pytest.fixture(scope="module")
def definition() -> Definition:
    return compile_bundle(read_bundle(ROOT))


def sample(definition: Definition) -> set[str]:
    """Forms from the first steps of stories that together have many kinds of field."""
    found: set[str] = set()
    seen: set[str] = set()
    for stop in sorted(stops(definition, set(definition.forms)), key=lambda stop: stop.step):
        kinds = {c.type for c in definition.forms[stop.form_id].fields.values()}
        if kinds - seen and stop.step < EARLY:
            found.add(stop.form_id)
            seen |= kinds
    return found


def look(definition: Definition, wanted: set[str], folder: Path, chromium: Browser) -> set[str]:
    """Which of the wanted forms were seen; fails with all violations of all pages."""
    wrong: list[str] = []
    seen: set[str] = set()
    with touring(folder, chromium) as tour:
        for stop, page in walk(tour, folder, stops(definition, wanted)):
            seen.add(stop.form_id)
            assert page.locator("h1").count() == 1
            assert page.locator("form#f").count() == 1
            wrong += [f"{stop.form_id}: {v}" for v in violations(page)]
    assert not wrong, "\n".join(wrong)
    return seen


def test_one_form_of_each_kind(definition: Definition, tmp_path: Path, chromium: Browser) -> None:
    wanted = sample(definition)
    assert look(definition, wanted, tmp_path, chromium) == wanted


def test_every_form_has_a_place_on_the_tour(definition: Definition) -> None:
    """A new form needs a story in which somebody fills it in."""
    forms = set(definition.forms)
    assert {stop.form_id for stop in stops(definition, forms)} == forms


@pytest.mark.heavy
def test_every_form(definition: Definition, tmp_path: Path, chromium: Browser) -> None:
    forms = set(definition.forms)
    assert look(definition, forms, tmp_path, chromium) == forms
    print(f"{len(forms)} task pages, each on a light desktop and a dark phone")


@pytest.mark.heavy
def test_every_sheet(definition: Definition, tmp_path: Path, chromium: Browser) -> None:
    """All sheets: no violation; on A4 nothing is wider than the paper and no seal lies over words."""
    wrong: list[str] = []
    seen: set[str] = set()
    with touring(tmp_path, chromium) as tour:
        for sheet_id, page in handed_out(tour, tmp_path):
            seen.add(sheet_id)
            wrong += [f"{sheet_id}: {v}" for v in violations(page)]
            assert page.evaluate(OVER_TEXT) == 0, sheet_id
            page.emulate_media(media="print")
            wrong += [f"{sheet_id}: {text}" for text in page.evaluate(CLIPPED)]
            page.emulate_media(media="screen")
    assert not wrong, "\n".join(wrong)
    assert seen == set(sheets_of(definition))


@pytest.mark.heavy
def test_every_article(standing: County) -> None:
    """The pages of coverage: the list, and each article with its clauses and what carries them."""
    page = standing.page("info_center")
    wrong: list[str] = []
    for article in range(1, 30):
        page.goto(f"{standing.address}/regulation/{article}")
        assert page.locator("h1").count() == 1
        wrong += [f"{article}: {v}" for v in violations(page)]
    assert not wrong, "\n".join(wrong)
