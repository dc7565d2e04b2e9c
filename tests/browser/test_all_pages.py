"""Every page: no axe violation on a light desktop and a dark phone; no error of the browser; no sideways
scrolling; light enough for a county's network. `-m heavy`: a dark desktop and a light phone too.
"""

import gzip
import os
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from playwright.sync_api import Page, Response, expect

from tests.browser.barriers import barriers, inject
from tests.browser.chrome import PATH
from tests.browser.county import County, press
from tests.browser.fingers import SMALL
from tests.browser.visits import VISITS, Visit
from tests.papers.samples import PDF

needs_chromium = pytest.mark.skipif(
    PATH is None and not os.environ.get("CI"),
    reason="no Chromium on this machine (apt-get install chromium)",
)
pytestmark = [pytest.mark.browser, needs_chromium]
DESKTOP, PHONE = {"width": 1366, "height": 900}, {"width": 390, "height": 844}
LOOKS = {("desktop", "light"): DESKTOP, ("phone", "dark"): PHONE}
OTHER_LOOKS = {("desktop", "dark"): DESKTOP, ("phone", "light"): PHONE}
DOWNLOADS = {
    "workbench.draft_file",
    "files.download",
    "admin.import_template",
    "archives.package",
    "audit.sheet",
    "evidence.of_period",
    "evidence.package",
    "ledger.sheet",
    "plug_in.download",
    "sheets.proof",
}
FOR_PROGRAMS = {"static", "health.healthz", "health.metrics", "public.table", "public.feed"}
ELSEWHERE = {"inbox.home", "signin.to_provider", "signin.from_provider"}
# with the libraries of others: test_modeler.py and test_table_editor.py look at them
EDITORS = {"modeling.diagram", "modeling.table", "modeling.form"}
NO_PAGES = DOWNLOADS | FOR_PROGRAMS | ELSEWHERE | EDITORS
Looks = Mapping[tuple[str, str], Any]


def violations(page: Page, looks: Looks = LOOKS) -> Iterator[str]:
    """What axe finds in each look, short enough to read; sideways scrolling of the page."""
    inject(page)
    for (device, theme), size in looks.items():
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        for found in barriers(page):
            nodes = found["nodes"]
            yield f"{device} {theme} {found['id']}: {nodes[0]['html'][:160]} ({len(nodes)})"
        if device == "phone":
            yield from (f"phone: too small for a finger: {what}" for what in page.evaluate(SMALL))
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > size["width"]:
            yield f"{device}: the page is {wide} px wide"
    page.set_viewport_size(DESKTOP)
    page.emulate_media(color_scheme="light")


def test_faults_are_found(standing: County) -> None:
    """A field without a label, pale text, a page too wide: each is told."""
    page = standing.page("info_center")
    page.goto(f"{standing.address}/inbox")
    page.evaluate(
        """() => { const box = document.createElement("div");
        box.innerHTML = '<input type="text">';
        box.style.width = "1900px";
        document.querySelector("main").append(box);
        document.styleSheets[0].insertRule(".crumbs,.foot{color:#eee!important}", 0); }"""
    )
    wrong = " ".join(violations(page))
    assert "label" in wrong
    assert "color-contrast" in wrong
    assert "px wide" in wrong


@pytest.mark.parametrize("name", VISITS)
def test_page_is_accessible(standing: County, name: str) -> None:
    look_at(standing, VISITS[name], LOOKS)


@pytest.mark.heavy
@pytest.mark.parametrize("standing", ["sqlite"], indirect=True)  # what is drawn is the same
@pytest.mark.parametrize("name", VISITS)
def test_page_is_accessible_in_its_other_looks(standing: County, name: str) -> None:
    look_at(standing, VISITS[name], OTHER_LOOKS)


def look_at(standing: County, visit: Visit, looks: Looks) -> None:
    """Open a page and let axe look at it."""
    path = visit.path(standing)
    page = standing.page(visit.who)
    wrong: list[str] = []
    expected = f"status of {visit.status}"  # the browser logs the refusal that we asked for
    page.on(
        "console",
        lambda m: wrong.append(m.text) if m.type == "error" and expected not in m.text else None,
    )
    answer = page.goto(standing.address + path)
    assert isinstance(answer, Response)
    assert answer.status == visit.status
    assert page.locator("h1").count() == 1
    wrong += violations(page, looks)
    assert not wrong, "\n".join(wrong)


def test_no_page_goes_unvisited(standing: County) -> None:
    pages = {
        rule.endpoint
        for rule in standing.app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and not rule.rule.startswith("/api/")
    }
    missing = pages - NO_PAGES - {visit.endpoint for visit in VISITS.values()}
    assert not missing, f"add a visit to tests/browser/visits.py for {sorted(missing)}"


def test_the_refused_task_is_accessible(standing: County) -> None:
    """Wrong input, and a gate that refuses, each with its summary."""
    page = standing.page("qinling_software")
    page.goto(standing.address + VISITS["task-gate"].path(standing))
    press(page, '.actionbar button[value="complete"]')
    expect(page.locator("#errors")).to_be_focused()
    wrong = list(violations(page))
    page.set_input_files(
        'form#f input[type="file"]',
        {"name": "报告.pdf", "mimeType": "application/pdf", "buffer": PDF},
    )
    page.fill('[name="application_date"]', "2026-02-28")
    press(page, '.actionbar button[value="complete"]')
    summary = page.inner_text(".error-summary")
    assert "初步验收合格后，项目进入为期不少于3个月试运行阶段" in summary
    assert "第十九条" in summary
    assert "报告.pdf" in page.inner_text("form#f")
    wrong += list(violations(page))
    assert not wrong, "\n".join(wrong)


def test_the_inbox_is_light(standing: County) -> None:
    """At most 30 KB compressed and five requests, with an empty cache."""
    state = standing.page("info_center").context.storage_state()
    page = standing.new_page("", storage_state=state)
    loaded: list[Response] = []
    page.on("response", lambda answer: loaded.append(answer))
    page.goto(f"{standing.address}/inbox")
    page.wait_for_load_state("networkidle")
    assert len(loaded) <= 5, [answer.url for answer in loaded]
    assert page.locator(".inbox tbody tr").count()
    size = sum(len(gzip.compress(answer.body())) for answer in loaded)
    print(f"inbox: {size} bytes compressed in {len(loaded)} requests")
    assert size <= 30 * 1024, size
