"""All printable sheets with content, handed out in projects that have come far enough."""

from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page

from service.queries.sheets import project_sheets
from service.scenarios.runner import run_story
from service.scenarios.stands import open_world
from service.scenarios.story import read_story
from service.store.session import reading
from tests.browser.county import press
from tests.browser.tour import ROOT, Tour

STORIES = ("S04", "termination_overtaken", "S06", "S10")
WHO = "info_center"


def handed_out(
    tour: Tour, folder: Path, stories: tuple[str, ...] = STORIES
) -> Iterator[tuple[str, Page]]:
    """(id of the sheet, page that shows it with its code), each sheet once."""
    seen: set[str] = set()
    for story_id in stories:
        story = read_story(ROOT / f"processes/scenarios/{story_id}.yaml")
        world = open_world(f"sqlite:///{folder / f'sheets-{story_id}.sqlite3'}", ROOT, story)
        try:
            outcome = run_story(story, world)
            assert outcome.ok, outcome.difference
            tour.move(world)
            key = str(world.project_key())
            with reading(world.engine) as connection:
                lines = project_sheets(connection, world.people[WHO], key, now=world.now)
            page = tour.page(world.people[WHO])
            for line in lines:
                if line.sheet.id in seen or not line.filled.has_content:
                    continue
                seen.add(line.sheet.id)
                address = f"{tour.address}/projects/{key}/sheets/{line.sheet.id}"
                page.goto(f"{address}?of={line.instance_key}" if line.instance_key else address)
                press(page, ".sheet-tools form button")
                page.wait_for_selector("#print")
                yield line.sheet.id, page
        finally:
            world.close()
