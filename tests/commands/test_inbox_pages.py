"""The inbox by keyset: every task once, also while tasks are completed and come in between the pages."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, insert, text, update

from service.commands.deploy import deploy
from service.model.actor import Actor
from service.model.errors import BadInput
from service.queries.box_orders import order_of
from service.queries.boxes import CAP, counts, keys_of_box
from service.queries.inbox import NOTHING, inbox
from service.store import tables as t
from service.store.schema import upgrade
from service.store.session import begin, create_engine, reading
from tests.benchmarks.bench_complete import bundle

NOW = datetime(2025, 3, 3, 1, tzinfo=UTC)
ME = Actor("a-me", "甲", "office", "办公室", "员", frozenset(["staff", "owner"]), "me")


def county(url: str, tasks: int) -> Engine:
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


def mine(n: int) -> bool:
    return (n % 3 != 0 or n % 2 == 1) and n % 10 != 7


def pages(engine, box: str, between=lambda page: None, limit: int = 50, asked=NOTHING):
    after = None
    while True:
        with reading(engine) as connection:
            page = inbox(connection, ME, box, now=NOW, limit=limit, after=after, asked=asked)
        yield from page.rows
        if page.after is None:
            return
        after = page.after
        between(page)


def test_every_task_once_while_others_are_completed(database_url: str) -> None:
    engine = county(database_url, 3000)
    seen: list[str] = []
    gone: set[str] = set()
    new = itertools.count(900_000)

    def between(page) -> None:
        """Somebody completes a task of this page and one of later pages; a new one comes in."""
        later = f"t{2999 - len(gone):06}"
        with begin(engine) as connection:
            for key in (page.rows[3].task_key, later):
                done = {"status": "completed", "ended_at": NOW, "ended_by": "a-other"}
                connection.execute(update(t.task).where(t.task.c.task_key == key).values(done))
            add(connection, [next(new)])
        gone.add(later)

    for row in pages(engine, "todo", between):
        seen.append(row.task_key)
    assert len(seen) == len(set(seen))
    wanted = {f"t{n:06}" for n in range(3000) if mine(n)}
    assert wanted - set(seen) <= gone  # only what was completed before its page came
    assert {k for k in seen if k < "t9"} <= wanted
    engine.dispose()


def test_order_and_the_box_of_the_unit(database_url: str) -> None:
    engine = county(database_url, 500)
    rows = list(pages(engine, "unit", limit=30))
    order = [(row.due_at or t.NO_DUE, row.task_key) for row in rows]
    assert order == sorted(order)
    assert len(rows) == sum(n % 3 != 0 or n % 2 == 1 for n in range(500))  # claimed ones too
    engine.dispose()


def test_done_ones_newest_first_and_each_once(database_url: str) -> None:
    engine = county(database_url, 300)
    with begin(engine) as connection:
        for n in range(300):
            done = {
                "status": "completed", "ended_by": ME.account_key, "ended_at": NOW + timedelta(minutes=n // 7),
            }  # fmt: skip
            this = t.task.c.task_key == f"t{n:06}"
            connection.execute(update(t.task).where(this).values(done))
    rows = list(pages(engine, "done", limit=20))
    assert len(rows) == len({row.task_key for row in rows}) == 300
    order = [(row.ended_at, row.task_key) for row in rows]
    assert order == sorted(order, reverse=True)
    engine.dispose()


def test_counts_are_capped_and_a_broken_address_is_refused(database_url: str) -> None:
    engine = county(database_url, 400)
    with reading(engine) as connection:
        assert counts(connection, ME) == {"todo": CAP, "unit": CAP, "done": 0}
        for broken in ("50", "!!", "MjAyNQ", "5LiN5piv"):
            with pytest.raises(BadInput, match="第一页"):
                inbox(connection, ME, "todo", now=NOW, after=broken)
    engine.dispose()


def test_pages_are_read_from_the_index(database_url: str) -> None:
    engine = county(database_url, 20_000)
    sqlite = engine.dialect.name == "sqlite"
    with begin(engine) as connection:
        connection.execute(text("ANALYZE"))
    with reading(engine) as connection:
        first = inbox(connection, ME, "todo", now=NOW)
        query = keys_of_box(
            connection, ME, "todo", order_of("todo", ""), limit=51, after=first.after
        )
        sql = query.compile(engine, compile_kwargs={"literal_binds": True}).string
        explain = "EXPLAIN QUERY PLAN " if sqlite else "EXPLAIN "
        plan = "\n".join(
            str(row) for row in connection.exec_driver_sql(explain + sql.replace("%", "%%"))
        )
    assert "ix_task_inbox" in plan
    assert "SCAN task" not in plan and "Seq Scan on task" not in plan, plan
    engine.dispose()
