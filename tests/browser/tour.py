"""A tour through the task pages of every form: stories run through the commands, stopping where a form
is first asked for, so that the page is seen as the person in charge sees it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page

from service.commands.log_in import LoggedIn, log_in
from service.config import Config, project_root
from service.engine import Definition
from service.model.actor import Actor
from service.scenarios.acts import about_to_do
from service.scenarios.people import PASSWORD
from service.scenarios.runner import run_story
from service.scenarios.stands import open_world
from service.scenarios.story import Step, Story, read_stories
from service.scenarios.world import World
from service.store.session import begin
from service.web.access import COOKIE
from service.web.app import create_app
from tests.browser.serving import serving

ROOT = project_root()


@dataclass(frozen=True)
class Stop:
    """A task page: its form, and the story and the number of the step at which it stands open."""

    form_id: str
    story: Story
    step: int


def stops(definition: Definition, wanted: set[str]) -> list[Stop]:
    """Where the wanted forms are seen, with as few stories as a greedy choice finds, by story and step."""
    seen: dict[str, tuple[Story, dict[str, int]]] = {}
    for story in read_stories(ROOT / "processes/scenarios"):
        found: dict[str, int] = {}
        for number, step in enumerate(story.steps):
            form_id = _form_of(definition, step)
            if form_id:
                found.setdefault(form_id, number)
        seen[story.id] = (story, found)
    chosen: list[Stop] = []
    left = set(wanted)
    while left:
        story, found = max(seen.values(), key=lambda pair: len(left & pair[1].keys()))
        new = left & found.keys()
        if not new:
            break
        chosen += sorted((Stop(f, story, found[f]) for f in new), key=lambda stop: stop.step)
        left -= new
    return chosen


def _form_of(definition: Definition, step: Step) -> str | None:
    if step.verb != "do":
        return None
    process_id, _, element_id = step.value.rpartition(":")[2].partition("/")
    return definition.element(process_id, element_id.partition("[")[0]).form_id


class Tour:
    """A running product whose database is exchanged from story to story."""

    def __init__(self, app: Flask, address: str, browser: Browser) -> None:
        self.app, self.address, self.browser = app, address, browser
        self.contexts: dict[str, BrowserContext] = {}
        self.world: World | None = None

    def page(self, actor: Actor) -> Page:
        """A page on which the person is logged in."""
        assert self.world is not None
        with begin(self.world.engine) as connection:  # anew: sessions do not outlast a story's days
            entered = log_in(connection, actor.login, PASSWORD, now=self.world.now)
        assert isinstance(entered, LoggedIn)
        if actor.login not in self.contexts:
            size = {"width": 1366, "height": 900}
            self.contexts[actor.login] = self.browser.new_context(locale="zh-CN", viewport=size)
        context = self.contexts[actor.login]
        cookie = {"name": COOKIE, "value": entered.token, "url": self.address}
        context.add_cookies([cookie])
        page = context.pages[0] if context.pages else context.new_page()
        page.set_default_timeout(20_000)
        return page

    def move(self, world: World) -> None:
        """Serve this world from now on."""
        self.leave()
        self.world = world
        self.tick()

    def leave(self) -> None:
        """Everybody's browser is closed."""
        for context in self.contexts.values():
            context.close()
        self.contexts.clear()

    def tick(self) -> None:
        """The product's clock shows the story's time."""
        assert self.world is not None
        config: Config = self.app.extensions["config"]
        self.app.extensions["engine"] = self.world.engine
        self.app.extensions["config"] = config.model_copy(
            update={"clock": self.world.now.isoformat()}
        )


@contextmanager
def touring(folder: Path, browser: Browser) -> Iterator[Tour]:
    """A product on a free port, ready for a tour."""
    config = Config(database_url=f"sqlite:///{folder / 'none.sqlite3'}", data_dir=folder)
    app = create_app(config)
    empty = app.extensions["engine"]
    with serving(app) as address:
        tour = Tour(app, address, browser)
        try:
            yield tour
        finally:
            tour.leave()
            empty.dispose()


def walk(tour: Tour, folder: Path, stops: list[Stop]) -> Iterator[tuple[Stop, Page]]:
    """Go from stop to stop; each time the page of the task is open, and nothing has been filled in."""
    by_story: dict[str, list[Stop]] = {}
    for stop in stops:
        by_story.setdefault(stop.story.id, []).append(stop)
    for number, group in enumerate(by_story.values()):
        story = group[0].story
        world = open_world(f"sqlite:///{folder / f'tour{number}.sqlite3'}", ROOT, story)
        try:
            tour.move(world)
            for place, step in enumerate(story.steps[: group[-1].step + 1]):
                for stop in (s for s in group if s.step == place):
                    tour.tick()
                    doing = about_to_do(world, step.value, step.options)
                    page = tour.page(doing.actor)
                    answer = page.goto(f"{tour.address}/tasks/{doing.task.task_key}")
                    assert answer is not None and "/tasks/" in page.url, page.url
                    yield stop, page
                outcome = run_story(dataclasses.replace(story, steps=(step,)), world)
                assert outcome.ok, outcome.difference
        finally:
            world.close()
