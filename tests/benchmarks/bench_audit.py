"""`python3 dev.py bench audit`: the auditor's pages over 5,000 projects.

Five stories are played once; their rows (projects, tasks, answers found from the log) are multiplied to 5,000
projects with other keys, units and days. Then the pages are asked for, each twelve times, beside the same pages over
the five projects. Prints medians in milliseconds; exit status 1 when one takes 300 ms or more.
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select, text

from service.config import Config, project_root
from service.jobs.index_record import index_record
from service.scenarios.runner import run_story
from service.scenarios.stands import open_world
from service.scenarios.story import read_story
from service.scenarios.world import World
from service.store import tables as t
from service.store.session import begin, reading
from service.web.app import create_app
from tests.benchmarks.bench_complete import scratch
from tests.web.test_web import signed_in

ROOT = project_root()
STORIES = ("S01", "S04", "S08", "joint_review_five_rounds", "S02")
CLOCK = "2027-01-04T10:00+08:00"
PROJECTS, TIMES, AIM = 5000, 12, 300.0
STRIDE = 1_000_000
PAGES = (
    "/audit",
    "/audit/step_time",
    "/audit/off_hours",
    "/audit/overdue_now",
    "/audit/split",
    "/audit/off_hours?unit=drc&article=7&since=2025-02-01",
    "/heat",
    "/heat/joint_review",
)


def county(folder: Path) -> World:
    """The five stories, and what auditors ask of them."""
    first = open_world(f"sqlite:///{folder / 'audit.sqlite3'}", ROOT)
    for name in STORIES:
        world = World(first.engine, first.definition, ROOT, first.now, first.people)
        outcome = run_story(read_story(ROOT / f"processes/scenarios/{name}.yaml"), world)
        assert outcome.ok, (name, outcome.difference)
    index_record(first.engine, now=Config(clock=CLOCK).now())
    return first


def multiply(world: World) -> None:
    """Rows of the projects again and again, as of other projects of other units in other weeks."""
    units = [u for u in world.definition.groups.units.values() if "project_owner" in u.groups]
    with reading(world.engine) as connection:
        made = {
            table.name: connection.execute(select(table)).mappings().all()
            for table in (t.project, t.instance, t.task, t.deed, t.passage, t.noted, t.rule_tested)
        }
    projects = made["project"]
    rng = random.Random(1)
    for start in range(len(projects), PROJECTS, 500):
        rows: dict[str, list[dict[str, Any]]] = {name: [] for name in made}
        for number in range(start, min(start + 500, PROJECTS)):
            source = projects[number % len(projects)]["project_key"]
            owner, shift = rng.choice(units).id, timedelta(days=rng.randrange(600))
            for name, found in made.items():
                for row in found:
                    key = row.get("matter_key", row.get("project_key"))
                    if key == source:
                        rows[name].append(_other(dict(row), number, owner, shift))
        with begin(world.engine) as connection:
            for table in (t.project, t.instance, t.task, t.deed, t.passage, t.noted, t.rule_tested):
                if rows[table.name]:
                    connection.execute(insert(table), rows[table.name])
    with begin(world.engine) as connection:
        connection.execute(text("ANALYZE"))


def _other(row: dict[str, Any], number: int, owner: str, shift: timedelta) -> dict[str, Any]:
    for name in ("project_key", "instance_key", "task_key", "matter_key"):
        if row.get(name):
            row[name] = f"{row[name]}-{number}"
    for name in ("created_at", "ended_at", "claimed_at", "day", "started_at"):
        if row.get(name):
            row[name] += shift
    if ("seq" in row and "days" in row) or "question" in row:
        row["seq"] += STRIDE * number
    if "no" in row:
        row["no"] = f"{row['no']}-{number}"
    if row.get("sort"):
        row["unit_id"] = owner
    if "state" in row:
        row["state"] = b""
    return row


def measure(world: World, folder: Path) -> dict[str, float]:
    """Medians in milliseconds, by page."""
    app = create_app(Config(database_url=world.url, data_dir=folder / "data", clock=CLOCK))
    client = signed_in(app, "audit_bureau")
    spent: dict[str, list[float]] = {page: [] for page in PAGES}
    for page in PAGES:
        assert client.get(page).status_code == 200, page
    for _ in range(TIMES):
        for page in PAGES:
            begun = time.perf_counter()
            client.get(page)
            spent[page].append((time.perf_counter() - begun) * 1000)
    app.extensions["engine"].dispose()
    return {page: statistics.median(times) for page, times in spent.items()}


def main() -> int:
    """Five projects, then 5,000."""
    with tempfile.TemporaryDirectory(dir=scratch()) as name:
        folder = Path(name)
        world = county(folder)
        few = measure(world, folder)
        multiply(world)
        with reading(world.engine) as connection:
            for table in (t.project, t.task, t.deed, t.passage, t.noted):
                count = connection.execute(text(f"SELECT count(*) FROM {table.name}")).scalar()
                print(f"  {table.name:10}{count:>9} rows")
        many = measure(world, folder)
        world.close()
    for page in PAGES:
        print(
            f"  {page:56}{few[page]:8.1f} ms of {len(STORIES)}, {many[page]:8.1f} ms of {PROJECTS:,}"
        )
    return 1 if max(many.values()) >= AIM else 0


if __name__ == "__main__":
    sys.exit(main())
