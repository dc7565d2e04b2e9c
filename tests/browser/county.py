"""A running county for browser tests: a server in a thread, people who log in and fill forms by clicking."""

import itertools
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Locator, Page
from sqlalchemy import make_url, select

from service.commands.complete_task import complete_task
from service.config import Config, project_root
from service.scenarios.looks import open_tasks
from service.scenarios.people import PASSWORD
from service.scenarios.stands import open_world
from service.scenarios.world import World
from service.store import tables as t
from service.store.session import begin, reading
from service.web.app import create_app
from tests.browser.serving import serving
from tests.papers.samples import PDF

ROOT = project_root()
# Journeys run on SQLite always, on PostgreSQL in the heavy run.
KINDS = ["sqlite", pytest.param("postgresql", marks=pytest.mark.heavy)]
_numbers = itertools.count(1)


def database_of(request: pytest.FixtureRequest, folder: Path) -> str:
    """The address of a database of the kind that a fixture of `KINDS` asks for."""
    if request.param == "sqlite":
        return f"sqlite:///{folder / 'county.sqlite3'}"
    server = make_url(request.getfixturevalue("postgres"))
    name = f"county{next(_numbers)}"
    return server.set(database=name).render_as_string(hide_password=False)


class County:
    """The world behind the pages, its address, and one browser session for each unit."""

    def __init__(self, world: World, address: str, browser: Browser, app: Flask) -> None:
        self.world = world
        self.address = address
        self.browser = browser
        self.app = app
        self.pages: dict[str, Page] = {}
        self.contexts: list[BrowserContext] = []

    def page(self, unit_id: str) -> Page:
        """The session of a unit's person, logged in by clicking; a page without a session for ""."""
        if unit_id not in self.pages:
            self.pages[unit_id] = self.new_page(unit_id)
        return self.pages[unit_id]

    def new_page(self, unit_id: str, **options: Any) -> Page:
        """A new session of a unit's person; `options` are those of a browser context."""
        size = {"width": 1366, "height": 900}
        context = self.browser.new_context(**{"locale": "zh-CN", "viewport": size, **options})
        self.contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        if unit_id:
            page.goto(f"{self.address}/login")
            page.fill("#login", unit_id)
            page.fill("#password", PASSWORD)
            press(page, "button.btn-primary")
            assert not page.url.endswith("/login"), page.inner_text("main")
        return page

    def leave(self) -> None:
        """Close all sessions: pages that stay open go on drawing beside the tests that follow."""
        for context in self.contexts:
            context.close()

    def task_key(self, alias: str, element: str) -> str:
        """The open task of an element in a project of the gallery."""
        tasks = open_tasks(self.world, self.world.projects[alias])
        return next(task.task_key for task in tasks if task.path.endswith(f"/{element}"))

    def instance_key(self, alias: str) -> str:
        """The first instance of a project of the gallery."""
        with reading(self.world.engine) as connection:
            return connection.execute(
                select(t.instance.c.instance_key)
                .where(t.instance.c.project_key == self.world.projects[alias])
                .order_by(t.instance.c.started_at)
                .limit(1)
            ).scalar_one()

    def done_task_key(self, alias: str, unit_id: str) -> str:
        """A task of a project of the gallery that a unit's person has completed."""
        with reading(self.world.engine) as connection:
            return connection.execute(
                select(t.task.c.task_key)
                .where(
                    t.task.c.project_key == self.world.projects[alias],
                    t.task.c.ended_by == self.world.people[unit_id].account_key,
                )
                .order_by(t.task.c.ended_at)
                .limit(1)
            ).scalar_one()

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

    def do(
        self, path: str, given: dict[str, Any], shot: Callable[[Page], None] | None = None
    ) -> None:
        """Open the task from the inbox of its unit, fill the form, submit; `shot` sees it filled."""
        self.do_task(self.open_task(path)[0], given, shot)

    def do_task(
        self, task_key: str, given: dict[str, Any], shot: Callable[[Page], None] | None = None
    ) -> None:
        """The same for a task by its key."""
        with reading(self.world.engine) as connection:
            row = connection.execute(select(t.task).where(t.task.c.task_key == task_key)).one()
        definition = self.world.definition
        form = definition.forms[definition.element(row.process_id, row.element_id).form_id]
        page = self.page(row.unit_id or definition.groups.groups[row.group_id].unit_id)
        page.goto(f"{self.address}/inbox")
        press(page, f'a.t-name[href$="{task_key}"]')
        submission = {**example_of(form.path), **given}
        if not self.fill(
            page, submission
        ):  # a page that is drawn again asks what the answers call for
            press(page, '.actionbar button[value="save"]')
            self.fill(page, submission)
        if shot:
            shot(page)
        press(page, '.actionbar button[value="complete"]')
        assert "/inbox" in page.url, f"{row.element_id}: {page.inner_text('.error-summary')}"

    def do_without_pages(
        self, task_key: str, unit_id: str, given: dict[str, Any], now: datetime | None = None
    ) -> None:
        """Complete a task through the command, as a colleague elsewhere would; `now` is the county's clock unless given."""
        with reading(self.world.engine) as connection:
            row = connection.execute(select(t.task).where(t.task.c.task_key == task_key)).one()
        definition = self.world.definition
        form = definition.forms[definition.element(row.process_id, row.element_id).form_id]
        actor, now = self.world.people[unit_id], now or self.app.extensions["config"].now()
        with begin(self.world.engine) as connection:
            submission = {**example_of(form.path), **given}
            complete_task(connection, actor, task_key, submission, now=now)

    def fill(self, page: Page, submission: dict[str, Any]) -> bool:
        """Fill what the page shows of a submission and does not hold yet; whether it shows all of it."""
        lists = {key: value for key, value in submission.items() if _is_list_of_rows(value)}
        shown = [fill_fields(page, {k: v for k, v in submission.items() if k not in lists})]
        shown += [self.fill_rows(page, key, rows) for key, rows in lists.items()]
        return all(shown)

    def fill_rows(self, page: Page, key: str, rows: list[dict[str, Any]]) -> bool:
        """Fill the rows of a list, adding one when there is none left; whether all of them are shown."""
        shown = True
        for index, row in enumerate(rows):
            if page.locator(f'[name^="{key}[{index}]."]').count() == 0:
                if page.locator(f'[name^="{key}["]').count() == 0:
                    return False
                press(page, page.locator(f"#f-{key}").get_by_role("button", name="添加一行"))
            shown &= fill_fields(page, {f"{key}[{index}].{cell}": v for cell, v in row.items()})
        return shown


def press(page: Page, what: str | Locator) -> None:
    """Click what leads to another page, or sends a form, and wait until that page stands.

    A click alone may return while the old page is still there to be read and filled.
    """
    with page.expect_navigation():
        (page.locator(what) if isinstance(what, str) else what).click()


def example_of(form_path: str) -> dict[str, Any]:
    """The valid example beside a form."""
    return json.loads((ROOT / form_path).with_suffix(".example.json").read_text(encoding="utf-8"))


CONTROLS = """names => Object.fromEntries(names.map(name => {
  const found = [...document.querySelectorAll(`form#f [name="${CSS.escape(name)}"]`)];
  return [name, found.map(e => ({
    tag: e.tagName, type: e.type, value: e.value, checked: e.checked, readonly: e.readOnly }))];
}))"""


def fill_fields(page: Page, values: dict[str, Any]) -> bool:
    """Fill each field, whatever control it is; those that are not shown are left out. Whether all are shown.

    The page is asked once what it shows: a question for each field costs more than the filling.
    """
    wanted = {name: value for name, value in values.items() if value not in (None, "")}
    found = page.evaluate(CONTROLS, list(wanted))
    for name, controls in found.items():
        if controls:
            _fill_field(page, name, wanted[name], controls)
    return all(found.values())


def _fill_field(page: Page, name: str, value: Any, controls: list[dict[str, Any]]) -> None:
    first = controls[0]
    at = f'form#f [name="{name}"]'
    if _is_file(value):
        if not any(c["type"] == "checkbox" for c in controls):
            page.locator(f'form#f input[type="file"][name="{name}"]').set_input_files(_pdf(name))
    elif first["type"] in ("radio", "checkbox"):
        for one in value if isinstance(value, list) else [value]:
            text = "true" if one is True else str(one)
            if not any(c["value"] == text and c["checked"] for c in controls):
                page.locator(f'{at}[value="{text}"]').check()
    elif first["value"] == str(value) or first["readonly"]:
        return
    elif first["tag"] == "SELECT":
        page.locator(at).first.select_option(str(value))
    else:
        page.locator(at).first.fill(str(value))


def _pdf(name: str) -> Any:
    return {"name": "材料.pdf", "mimeType": "application/pdf", "buffer": PDF + name.encode()}


def _is_list_of_rows(value: Any) -> bool:
    return (
        isinstance(value, list)
        and bool(value)
        and not _is_file(value)
        and isinstance(value[0], dict)
    )


def _is_file(value: Any) -> bool:
    one = value[0] if isinstance(value, list) and value else value
    return isinstance(one, dict) and "digest" in one


@contextmanager
def county(
    folder: Path, browser: Browser, clock: str = "2025-03-03T09:00+08:00", url: str = ""
) -> Iterator[County]:
    """A fresh county with its server on a free port; on SQLite in the folder unless `url` names a database."""
    url = url or f"sqlite:///{folder / 'county.sqlite3'}"
    world = open_world(url, ROOT)
    with served(world, url, folder, browser, clock) as made:
        yield made


@contextmanager
def served(world: World, url: str, folder: Path, browser: Browser, clock: str) -> Iterator[County]:
    """A county with its server on a free port; closes the world in the end."""
    app = create_app(Config(database_url=url, data_dir=folder, clock=clock))
    with serving(app) as address:
        made = County(world, address, browser, app)
        try:
            yield made
        finally:
            made.leave()
            world.close()
