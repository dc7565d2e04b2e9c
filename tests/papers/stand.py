"""Counties with projects that have come far enough to print and to archive."""

from service.config import project_root
from service.scenarios.runner import run_story
from service.scenarios.story import read_story
from service.scenarios.world import World, open_world


def after(url: str, story_id: str) -> World:
    """A fresh county in which a story has been played to its end."""
    world = open_world(url, project_root())
    outcome = run_story(read_story(project_root() / f"processes/scenarios/{story_id}.yaml"), world)
    assert outcome.ok, outcome.difference
    return world
