"""A running county for browser tests: a server in a thread, people who log in and fill forms by clicking."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page
from sqlalchemy import select
from waitress.server import create_server

from service.config import Config, project_root
from service.scenarios.people import PASSWORD
from service.scenarios.stands import open_world
from service.scenarios.world import World
from service.store import tables as t
from service.store.session import reading
from service.web.app import create_app

ROOT = project_root()


class County:
    """The world behind the pages, its address, and one browser session for each unit."""

    def __init__(self, world: World, address: str, browser: Browser) -> None:
        self.world = world
        self.address = address
        self.browser = browser
        self.pages: dict[str, Page] = {}

    def page(self, unit_id: str) -> Page:
        """The session of a unit's person, logged in by clicking."""
        if unit_id not in self.pages:
            context = self.browser.new_context(
                locale="zh-CN", viewport={"width": 1366, "height": 900}
            )
            page = context.new_page()
            page.goto(f"{self.address}/login")
            page.fill("#login", unit_id)
            page.fill("#password", PASSWORD)
            page.click("button.btn-primary")
            assert page.url.endswith("/inbox"), page.inner_text("main")
            self.pages[unit_id] = page
        return self.pages[unit_id]

    def open_task(self, path: str) -> tuple[str, str, str]:
        """(task key, group, form id) of the open task of an element."""
        process_id, _, element_id = path.partition("/")
        with reading(self.world.engine) as connection:
            row = connection.execute(
                select(t.task).where(
                    t.task.c.process_id == process_id,
                    t.task.c.element_id == element_id,
                    t.task.c.status == "open",
                )
            ).one()
        form_id = self.world.definition.element(process_id, element_id).form_id
        return (
            row.task_key,
            row.unit_id or self.world.definition.groups.groups[row.group_id].unit_id,
            form_id,
        )

    def do(self, path: str, given: dict[str, Any], shot: Path | None = None) -> None:
        """Open the task from the inbox of its unit, fill the form, submit."""
        task_key, unit_id, form_id = self.open_task(path)
        page = self.page(unit_id)
        page.goto(f"{self.address}/inbox")
        page.click(f'a.t-name[href$="{task_key}"]')
        form = self.world.definition.forms[form_id]
        example = json.loads(
            (ROOT / form.path).with_suffix(".example.json").read_text(encoding="utf-8")
        )
        submission = {**example, **given}
        self.fill(page, submission)
        page.click('.actionbar button[value="save"]')
        self.fill(page, submission)
        if shot:
            page.screenshot(path=shot)
        page.click('.actionbar button[value="complete"]')
        assert "/inbox" in page.url, f"{path}: {page.inner_text('.error-summary')}"

    def fill(self, page: Page, submission: dict[str, Any]) -> None:
        """Fill what the page shows of a submission."""
        for key, value in submission.items():
            if (
                isinstance(value, list)
                and value
                and isinstance(value[0], dict)
                and "digest" not in value[0]
            ):
                self.fill_rows(page, key, value)
            else:
                fill_field(page, key, value)

    def fill_rows(self, page: Page, key: str, rows: list[dict[str, Any]]) -> None:
        """Fill the rows of a list, adding one when there is none left."""
        for index, row in enumerate(rows):
            if page.locator(f'[name^="{key}[{index}]."]').count() == 0:
                if page.locator(f'[name^="{key}["]').count() == 0:
                    return
                page.locator(f"#f-{key}").get_by_role("button", name="添加一行").click()
            for cell, value in row.items():
                fill_field(page, f"{key}[{index}].{cell}", value)


def fill_field(page: Page, name: str, value: Any) -> None:
    """Fill one field, whatever control it is; one that is not shown is left out."""
    found = page.locator(f'form#f [name="{name}"]')
    if found.count() == 0 or value in (None, ""):
        return
    first = found.first
    tag, kind = first.evaluate("e => e.tagName"), first.get_attribute("type")
    if kind in ("radio", "checkbox") and not _is_file(value):
        for one in value if isinstance(value, list) else [value]:
            wanted = "true" if one is True else str(one)
            page.locator(f'form#f [name="{name}"][value="{wanted}"]').check()
    elif tag == "SELECT":
        first.select_option(str(value))
    elif _is_file(value):
        upload = page.locator(f'form#f input[type="file"][name="{name}"]')
        if page.locator(f'form#f input[type="checkbox"][name="{name}"]').count() == 0:
            upload.set_input_files(
                {
                    "name": "材料.pdf",
                    "mimeType": "application/pdf",
                    "buffer": b"%PDF-1.7 " + name.encode(),
                }
            )
    elif first.get_attribute("readonly") is None:
        first.fill(str(value))


def _is_file(value: Any) -> bool:
    one = value[0] if isinstance(value, list) and value else value
    return isinstance(one, dict) and "digest" in one


@contextmanager
def county(
    folder: Path, browser: Browser, clock: str = "2025-03-03T09:00+08:00"
) -> Iterator[County]:
    """A fresh county with its server on a free port."""
    url = f"sqlite:///{folder / 'county.sqlite3'}"
    world = open_world(url, ROOT)
    config = Config(database_url=url, data_dir=folder, clock=clock)
    app = create_app(config)
    server = create_server(app, host="127.0.0.1", port=0, threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield County(world, f"http://127.0.0.1:{server.effective_port}", browser)
    finally:
        server.close()
        thread.join(timeout=5)
        app.extensions["engine"].dispose()
        world.close()
