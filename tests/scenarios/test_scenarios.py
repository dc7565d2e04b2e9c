"""Every story of processes/scenarios, on both databases; afterwards the log alone rebuilds everything."""

from pathlib import Path

import pytest

from service.config import project_root
from service.queries.monitors import monitor
from service.queries.rebuild import differences
from service.scenarios.runner import run_story
from service.scenarios.stands import open_world
from service.scenarios.story import read_story
from service.store.session import reading

STORIES = sorted((project_root() / "processes/scenarios").glob("*.yaml"))


@pytest.mark.parametrize("path", STORIES, ids=lambda p: p.stem)
def test_story(path: Path, place: str) -> None:
    story = read_story(path)
    world = open_world(place, project_root(), story)
    try:
        outcome = run_story(story, world)
        assert outcome.ok, outcome.difference
        with reading(world.engine) as connection:
            assert differences(connection) == []
            broken = {c.invariant: c.violations for c in monitor(connection) if c.violations}
            assert not broken
    finally:
        world.close()
