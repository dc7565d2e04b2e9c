"""The editors of the workbench for browser tests: built once where the service looks for them, and a page with one."""

from typing import Any

from playwright.sync_api import Page

from service.commands.open_draft import open_draft
from service.store.session import begin
from service.web.bundles import build, is_built
from tests.browser.county import County


def installed() -> None:
    """Build the editors unless they are there, made from these sources."""
    if not is_built():
        build()


def owners_page(county: County) -> Page:
    """The session of a process owner, who leaves pages without being asked."""
    page = county.new_page("info_center")
    page.on("dialog", lambda d: d.accept())
    return page


def drafted(county: County, who: str = "info_center") -> str:
    """The key of a new draft of a process owner."""
    world = county.world
    with begin(world.engine) as connection:
        return open_draft(connection, world.people[who], "在浏览器里画", now=world.now)


def opened(page: Page, county: County, draft: str, path: str, kind: str = "diagram") -> Page:
    """The page of a file, when it is drawn and checked."""
    page.goto(f"{county.address}/workbench/drafts/{draft}/{kind}?path={path}")
    page.wait_for_selector("body[data-editor]")
    page.wait_for_selector("#findings-count[data-checked]", timeout=60_000)
    return page


def checked_again(page: Page, act: Any) -> None:
    """Do something, and wait until what it made was checked."""
    before = int(page.get_attribute("#findings-count", "data-checked") or 0)
    act()
    page.wait_for_selector(f'#findings-count[data-checked="{before + 1}"]', timeout=60_000)


def selected(page: Page, element: str) -> None:
    """Select an element, so that the panel shows it."""
    page.evaluate(
        "id => banjie.modeler.get('selection').select(banjie.modeler.get('elementRegistry').get(id))",
        element,
    )
    page.wait_for_selector('.bio-properties-panel [data-entry-id="name"]')
