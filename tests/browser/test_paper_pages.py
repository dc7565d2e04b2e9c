"""Papers in a real browser: no violation of axe in any theme or size, sheets that fit A4, seals beside the words."""

import os
from pathlib import Path

import pytest

from service.config import Config
from service.scenarios.people import PASSWORD
from service.web.app import create_app
from tests.browser.barriers import barriers, inject
from tests.browser.chrome import PATH, browser
from tests.browser.county import KINDS, database_of, press
from tests.browser.serving import serving
from tests.papers.stand import after

needs_chromium = pytest.mark.skipif(
    PATH is None and not os.environ.get("CI"),
    reason="no Chromium on this machine (apt-get install chromium)",
)
pytestmark = [pytest.mark.browser, needs_chromium]
LOOKS = (
    {"viewport": {"width": 1366, "height": 900}},
    {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"},
)
OVER_TEXT = """() => [...document.querySelectorAll('.signed')].filter(s => {
  const seal = s.querySelector('.seal'), said = s.parentNode.querySelector('.said');
  return seal && said && seal.getBoundingClientRect().top < said.getBoundingClientRect().bottom;
}).length"""


@pytest.fixture(scope="module", params=KINDS)
def address(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory):
    folder: Path = tmp_path_factory.mktemp("papers")
    world = after(database_of(request, folder), "S01")
    url = world.engine.url.render_as_string(hide_password=False)
    app = create_app(Config(database_url=url, data_dir=folder, clock=world.now.isoformat()))
    with serving(app) as address:
        yield address, world.project_key(None)
    world.close()


def test_pages_of_papers(address) -> None:
    base, key = address
    with browser() as chromium:
        for look in LOOKS:
            page = chromium.new_context(locale="zh-CN", **look).new_page()
            page.goto(f"{base}/login")
            page.fill("#login", "info_center")
            page.fill("#password", PASSWORD)
            press(page, "button.btn-primary")
            page.goto(f"{base}/projects/{key}/sheets/approval_sheet")
            press(page, ".sheet-tools form button")
            page.wait_for_selector("#print")
            issued = page.url.removeprefix(base)
            code = issued.rsplit("/", 1)[1]
            for path in (
                issued,
                f"/projects/{key}/sheets",
                f"/projects/{key}/archive",
                f"/check/{code}",
                "/public",
            ):
                page.goto(base + path)
                inject(page)
                assert not barriers(page, preload=True), path
                wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
                assert wide <= 0, path
            page.goto(base + issued)
            assert page.evaluate(OVER_TEXT) == 0
            page.emulate_media(media="print")
            assert page.locator(".sheet-tools").is_hidden()
