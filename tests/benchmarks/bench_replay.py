"""`python3 dev.py bench replay`: any moment of a project with 1,000 events.

A story whose joint review is sent back again and again until the project has 1,000 events; then moments from the
first to the last are asked for as pages, whole and as the player asks for them. Exit status 1 at 300 ms or more.
"""

from __future__ import annotations

import dataclasses
import gc
import importlib
import statistics
import sys
import tempfile
import time
from pathlib import Path

from sqlalchemy import func, select

from service.config import Config, project_root
from service.scenarios.runner import run_story
from service.scenarios.stands import open_world
from service.scenarios.story import read_story
from service.scenarios.world import World
from service.store import tables as t
from service.store.session import reading
from service.web.app import create_app
from tests.benchmarks.bench_complete import scratch
from tests.web.test_web import signed_in

ROOT = project_root()
CLOCK = "2027-01-04T10:00+08:00"
EVENTS, AIM = 1000, 300.0


def long_project(folder: Path, rounds: int) -> World:
    """A project whose review was sent back so many times."""
    story = read_story(ROOT / "processes/scenarios/joint_review_five_rounds.yaml")
    steps = tuple(
        dataclasses.replace(s, value=rounds) if s.verb == "repeat" else s for s in story.steps
    )
    world = open_world(f"sqlite:///{folder / 'replay.sqlite3'}", ROOT)
    run_story(dataclasses.replace(story, steps=steps), world)
    return world


def measure(world: World, folder: Path) -> tuple[int, list[float], list[float]]:
    """(how many events, milliseconds of whole pages, of what the player asks for)."""
    app = create_app(Config(database_url=world.url, data_dir=folder / "data", clock=CLOCK))
    client = signed_in(app, "audit_bureau")
    with reading(world.engine) as connection:
        query = select(func.count()).where(t.event.c.project_key == world.project_key())
        count = int(connection.execute(query).scalar_one())
    address = f"/projects/{world.project_key()}/replay"
    client.get(address)
    times: dict[str, list[float]] = {"": [], "&part=moment": []}
    importlib.import_module("service.queries.replay.told")._kept.clear()
    begun = time.perf_counter()
    client.get(address)
    print(f"  first    {count} events: {(time.perf_counter() - begun) * 1000:.1f} ms, nothing kept")
    for number in range(1, count, max(1, count // 12)):
        for part, spent in times.items():
            begun = time.perf_counter()
            answer = client.get(f"{address}?step={number}{part}")
            spent.append((time.perf_counter() - begun) * 1000)
            assert answer.status_code == 200, number
    app.extensions["engine"].dispose()
    return count, times[""], times["&part=moment"]


def main() -> int:
    """Build the project, look at moments of it."""
    with tempfile.TemporaryDirectory(dir=scratch()) as name:
        folder = Path(name)
        world = long_project(folder, int(sys.argv[1]) if len(sys.argv) > 1 else 125)
        gc.collect()
        gc.freeze()  # a server has not told the story itself: what that left is no part of a page
        count, pages, parts = measure(world, folder)
        world.close()
    for what, spent in (("page", pages), ("moment", parts)):
        print(
            f"  {what:8}{count} events: median {statistics.median(spent):.1f} ms, worst {max(spent):.1f} ms"
        )
    return 1 if max(parts + pages) >= AIM else 0


if __name__ == "__main__":
    sys.exit(main())
