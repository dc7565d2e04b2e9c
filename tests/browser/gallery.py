"""A county in which pages have something to show: projects under review, at the gate of the final
acceptance, terminated, closed.
"""

import dataclasses
from datetime import UTC, datetime

from service.config import project_root
from service.scenarios.runner import run_story
from service.scenarios.stands import open_world
from service.scenarios.story import Story, read_story
from service.scenarios.world import World

ROOT = project_root()
CLOCK = "2026-03-01T10:00+08:00"
# alias: scenario, and the step (verb, value, how many before it of the same kind) at which it stops
PARTS: dict[str, tuple[str, tuple[str, str, int] | None]] = {
    "closed": ("S04", None),
    "terminated": ("S08", None),
    "gate": ("S04", ("do", "final_acceptance/apply", 0)),
    "contract": ("S04", ("do", "procurement_contract/sign_contract", 0)),
    "declared": ("S01", ("do", "project_declaration/fill_technical", 0)),
    "reviewed": ("S01", ("parallel", "", 0)),
}


def gallery(url: str) -> World:
    """The county at `url`; `projects` of the world names each project by its alias in PARTS."""
    first = open_world(url, ROOT)
    for alias, (name, stop) in PARTS.items():
        story = read_story(ROOT / f"processes/scenarios/{name}.yaml")
        story = cut(story, *stop) if stop else story
        begins = datetime(2025, 1, 1, tzinfo=UTC)
        world = World(first.engine, first.definition, ROOT, begins, first.people)
        outcome = run_story(story, world)
        assert outcome.ok, outcome.difference
        first.projects[alias] = world.project_key()
    first.now = datetime.fromisoformat(CLOCK)
    return first


def cut(story: Story, verb: str, value: str, before: int) -> Story:
    """The story up to a step."""
    places = [
        i
        for i, step in enumerate(story.steps)
        if step.verb == verb and (not value or step.value == value)
    ]
    return dataclasses.replace(story, steps=story.steps[: places[before]])
