"""A county with one project standing at its three opinions."""

import dataclasses

from service.config import project_root
from service.scenarios.stands import world_after
from service.scenarios.story import read_story
from service.scenarios.world import World


def at_opinions(url: str) -> World:
    """A fresh county in which the joint review has just been sent out."""
    story = read_story(project_root() / "processes/scenarios/S01.yaml")
    first = next(i for i, s in enumerate(story.steps) if s.verb == "parallel")
    return world_after(url, project_root(), dataclasses.replace(story, steps=story.steps[:first]))
