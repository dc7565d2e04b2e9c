"""Take the pictures of docs/images anew: `python3 dev.py shots [NAME…]`, all without a name.

`s01` is the way from log-in to 立项, one picture for each step, taken while it is clicked; `workbench/table` the
editor of decision tables; `pages` every page in four looks, `pages/NAME` one of them. The other pictures of the
workbench are taken by tests/browser/owner_walk.py.
"""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page

from service.config import project_root
from service.scenarios.story import read_story
from tests.browser.chrome import browser
from tests.browser.county import County, county, press, served
from tests.browser.editors import drafted, installed, opened, owners_page
from tests.browser.every_page import every_page
from tests.browser.gallery import CLOCK, gallery
from tests.browser.pictures import PICTURES, Picture
from tests.browser.visits import VISITS
from tests.papers.samples import PDF

IMAGES = project_root() / "docs" / "images"
QUALITY = 72
TABLE = "workbench/table"


def main(names: list[str]) -> int:
    """Take the pictures named, or all; returns the exit status."""
    every = [name for name in VISITS if not names or {"pages", f"pages/{name}"} & {*names}]
    known = {picture.name for picture in PICTURES} | {"s01", TABLE, "pages"}
    known |= {f"pages/{name}" for name in VISITS}
    unknown = [name for name in names if name not in known]
    if unknown:
        print("Pictures:", *sorted(known))
        return 2
    wanted = [p for p in PICTURES if not names or p.name in names]
    with browser() as chromium, tempfile.TemporaryDirectory(prefix="banjie-shots-") as folder:
        if wanted or every:
            _gallery(Path(folder), chromium, wanted, every)
        if not names or {"s01", TABLE} & {*names}:
            _county(Path(folder), chromium, names or ["s01", TABLE])
    return 0


def _gallery(folder: Path, chromium: Browser, wanted: list[Picture], every: list[str]) -> None:
    url = f"sqlite:///{folder / 'gallery.sqlite3'}"
    with served(gallery(url), url, folder, chromium, CLOCK) as standing:
        for picture in wanted:
            _take(standing, picture)
        every_page(standing, IMAGES / "pages", every)


def _take(standing: County, picture: Picture) -> None:
    visit = VISITS[picture.visit]
    page = standing.page(visit.who)
    page.set_viewport_size({"width": picture.size[0], "height": picture.size[1]})
    page.emulate_media(color_scheme="dark" if picture.dark else "light", media="screen")
    page.goto(standing.address + visit.path(standing))
    for name, value in picture.fill:
        page.fill(f'[name="{name}"]', value)
    if picture.fill:
        for upload in page.locator('form#f input[type="file"]').all():
            upload.set_input_files(
                {"name": "竣工报告.pdf", "mimeType": "application/pdf", "buffer": PDF}
            )
        page.wait_for_load_state("networkidle")
        page.evaluate("document.activeElement.blur()")
        page.wait_for_timeout(900)
    if picture.press:
        press(page, f'.actionbar button[value="{picture.press}"]')
    if picture.click:
        page.click(picture.click)
    page.emulate_media(media=picture.media)
    _save(page, IMAGES / f"{picture.name}.jpg", whole=picture.whole)


def _save(page: Page, path: Path, *, whole: bool = False) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=path, type="jpeg", quality=QUALITY, full_page=whole)
    print(f"{path.relative_to(IMAGES)}  {path.stat().st_size // 1024} KB", flush=True)


def _county(folder: Path, chromium: Browser, names: list[str]) -> None:
    place = folder / "county"
    place.mkdir()
    with county(place, chromium) as running:
        if TABLE in names:
            _table(running)
        if "s01" in names:
            _s01(running)


def _table(running: County) -> None:
    """The editor of decision tables."""
    installed()
    page = owners_page(running)
    page.set_viewport_size({"width": 1366, "height": 760})
    opened(page, running, drafted(running), "processes/contract_check.dmn", "table")
    _save(page, IMAGES / f"{TABLE}.jpg")


def _s01(running: County) -> None:
    """Log-in, declaration, review, decision, 立项, each unit in its own session."""
    page = running.new_page("")
    page.goto(f"{running.address}/login")
    _step(page, 1, "login")
    page = running.page("civil_affairs")
    page.goto(f"{running.address}/start")
    _step(page, 2, "start")
    press(page, "button.btn-primary")
    project, number = page.url, 3
    story = read_story(project_root() / "processes/scenarios/S01.yaml")
    for step in (inner for outer in story.steps for inner in (outer, *outer.steps)):
        if step.verb != "do":
            continue
        name, at = step.value.partition("/")[2], number
        given = dict(step.options.get("with") or {})
        running.do(step.value, given, lambda page, n=at, name=name: _step(page, n, name))
        number += 1
    page.goto(project)
    _step(page, number, "project")


def _step(page: Page, number: int, name: str) -> None:
    page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    page.wait_for_timeout(300)
    _save(page, IMAGES / "s01" / f"{number:02}-{name.replace('_', '-')}.jpg")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
