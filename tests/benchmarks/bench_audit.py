"""`python3 dev.py bench audit`: the auditor's pages over 5,000 projects.

Five stories are played once; their rows (projects, tasks, answers found from the log) are multiplied to 5,000
projects with other keys, units and days. Then the pages are asked for, each seven times, beside the same pages over
the five projects. Prints medians in milliseconds of processor time, which says more than the clock of a machine that does
other things too; exit status 1 when one takes 300 ms or more.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

from sqlalchemy import text

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
PROJECTS, TIMES, AIM = 5000, 7, 300.0
STRIDE = 1_000_000
PAGES = (
    "/audit",
    "/audit?since=2025-02-01",
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
    units = sorted(
        u.id for u in world.definition.groups.units.values() if "project_owner" in u.groups
    )
    times = PROJECTS // len(STORIES)
    with begin(world.engine) as connection:
        connection.exec_driver_sql("CREATE TEMP TABLE owner (n INTEGER PRIMARY KEY, id TEXT)")
        connection.exec_driver_sql(
            "INSERT INTO owner VALUES " + ",".join(f"({n}, '{u}')" for n, u in enumerate(units))
        )
        connection.exec_driver_sql("CREATE TEMP TABLE other (n INTEGER PRIMARY KEY)")
        connection.exec_driver_sql(
            "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < "
            f"{times - 1}) INSERT INTO other SELECT n FROM c"
        )
        for table in (t.project, t.instance, t.task, t.deed, t.passage, t.noted, t.rule_tested):
            names = [column.name for column in table.columns]
            given = ", ".join(_other(table.name, name, len(units)) for name in names)
            where = "WHERE project_key IS NOT NULL" if "project_key" in names else ""
            connection.exec_driver_sql(
                f"INSERT INTO {table.name} ({', '.join(names)}) "
                f"SELECT {given} FROM {table.name}, other {where}"
            )
        connection.exec_driver_sql("DELETE FROM passage_total")
        connection.exec_driver_sql(
            "INSERT INTO passage_total SELECT place, bundle, days, sum(count) FROM passage GROUP BY 1, 2, 3"
        )
        connection.exec_driver_sql("DELETE FROM deed_total")
        connection.exec_driver_sql(
            "INSERT INTO deed_total SELECT place, unit_id, days, count(*) FROM deed GROUP BY 1, 2, 3"
        )
        connection.execute(text("ANALYZE"))


def _other(table: str, name: str, units: int) -> str:
    """The value of a column for the n-th other project."""
    if name.endswith("_key"):
        return f"{name} || '-' || n" if name != "account_key" else name
    if name == "no":
        return "no || '-' || n"
    if name == "seq" and table in ("deed", "noted"):
        return f"seq + {STRIDE} * n"
    if name == "day":
        return "date(day, '+' || (n * 37 % 600) || ' days')"
    if name == "unit_id" and table == "noted":
        return f"(SELECT id FROM owner WHERE owner.n = other.n % {units})"
    return "x''" if name == "state" else name


def measure(world: World, folder: Path) -> dict[str, tuple[float, float]]:
    """Medians in milliseconds, by page: on the clock, of processor time."""
    app = create_app(Config(database_url=world.url, data_dir=folder / "data", clock=CLOCK))
    client = signed_in(app, "audit_bureau")
    spent: dict[str, list[tuple[float, float]]] = {page: [] for page in PAGES}
    for page in PAGES:
        assert client.get(page).status_code == 200, page
    for _ in range(TIMES):
        for page in PAGES:
            begun, worked = time.perf_counter(), time.process_time()
            client.get(page)
            taken = time.perf_counter() - begun, time.process_time() - worked
            spent[page].append((taken[0] * 1000, taken[1] * 1000))
    app.extensions["engine"].dispose()
    medians = {p: [statistics.median(x) for x in zip(*t, strict=True)] for p, t in spent.items()}
    return {page: (clock, worked) for page, (clock, worked) in medians.items()}


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
            f"  {page:56}{few[page][1]:8.1f} ms of {len(STORIES)}, {many[page][1]:8.1f} ms of {PROJECTS:,}"
            f" (on the clock {many[page][0]:.1f})"
        )
    print(f"  processor time; load {os.getloadavg()[0]:.1f}")
    return 1 if max(worked for _, worked in many.values()) >= AIM else 0


if __name__ == "__main__":
    sys.exit(main())
