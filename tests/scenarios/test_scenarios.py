"""Every story of processes/scenarios, on both databases: it goes as written, touches what carries the clauses that it
claims, and afterwards the log alone rebuilds everything."""

from pathlib import Path

import pytest

from service.config import project_root
from service.queries.monitors import monitor
from service.queries.rebuild import differences
from service.scenarios.looks import last_seq
from service.scenarios.runner import run_story
from service.scenarios.stands import open_world
from service.scenarios.story import read_story
from service.store.session import reading
from tests.scenarios.touching import claimed_in_vain

STORIES = sorted((project_root() / "processes/scenarios").glob("*.yaml"))


@pytest.mark.parametrize("path", STORIES, ids=lambda p: p.stem)
def test_story(path: Path, place: str) -> None:
    story = read_story(path)
    world = open_world(place, project_root(), story)
    begun = last_seq(world)
    try:
        outcome = run_story(story, world)
        assert outcome.ok, outcome.difference
        assert claimed_in_vain(story, world, begun) == []
        with reading(world.engine) as connection:
            assert differences(connection) == []
            broken = {c.invariant: c.violations for c in monitor(connection) if c.violations}
            assert not broken
    finally:
        world.close()
