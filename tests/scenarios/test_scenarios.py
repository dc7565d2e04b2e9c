"""Every story of processes/scenarios, on both databases; afterwards the log alone rebuilds everything."""

from pathlib import Path

import pytest

from service.config import project_root
from service.queries.rebuild import differences
from service.scenarios.runner import run_story
from service.scenarios.story import read_story
from service.scenarios.world import open_world
from service.store.session import reading

STORIES = sorted((project_root() / "processes/scenarios").glob("*.yaml"))


@pytest.mark.parametrize("path", STORIES, ids=lambda p: p.stem)
def test_story(path: Path, database_url: str) -> None:
    world = open_world(database_url, project_root())
    try:
        outcome = run_story(read_story(path), world)
        assert outcome.ok, outcome.difference
        with reading(world.engine) as connection:
            assert differences(connection) == []
    finally:
        world.close()
