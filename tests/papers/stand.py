"""Counties with projects that have come far enough to print and to archive."""

from pathlib import Path

from service.config import project_root
from service.scenarios.runner import run_story
from service.scenarios.stands import open_world
from service.scenarios.story import read_story
from service.scenarios.world import World


def after(url: str, story_id: str) -> World:
    """A fresh county in which a story has been played to its end."""
    world = open_world(url, project_root())
    outcome = run_story(read_story(project_root() / f"processes/scenarios/{story_id}.yaml"), world)
    assert outcome.ok, outcome.difference
    return world


def go_on(world: World, folder: Path, steps: str) -> None:
    """Play further steps, written as those of a story."""
    path = folder / "more.yaml"
    path.write_text(f"id: more\ntitle: 接着办\nsteps:\n{steps}", encoding="utf-8")
    outcome = run_story(read_story(path), world)
    assert outcome.ok, outcome.difference
