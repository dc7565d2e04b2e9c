"""Processes that begin by date begin once, never early, and once after the worker was down."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from threading import Thread

import pytest
from sqlalchemy import select

from service.commands.start_by_date import due_starts
from service.config import project_root
from service.jobs.run_starts import run_starts
from service.scenarios.stands import open_world
from service.scenarios.world import World
from service.store import tables as t
from service.store.session import reading


@pytest.fixture
def world(place: str) -> Iterator[World]:
    """A county whose record begins on 2025-01-01."""
    made = open_world(place, project_root())
    yield made
    made.close()


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00")


def begun(world: World) -> list[str]:
    with reading(world.engine) as connection:
        return list(connection.execute(select(t.instance.c.process_id)).scalars())


def test_not_a_second_early(world: World) -> None:
    first = at("2025-04-01T00:00")
    assert run_starts(world.engine, now=first - timedelta(seconds=1)) == []
    assert [one.process_id for one in run_starts(world.engine, now=first)] == ["fund_disclosure"]
    assert run_starts(world.engine, now=first + timedelta(days=89)) == []
    with reading(world.engine) as connection:
        due = {one.process_id: one.due for one in due_starts(connection, now=first)}
    assert due["fund_disclosure"] == at("2025-07-01T00:00")
    assert due["annual_plan"] == at("2025-09-01T00:00")


def test_after_a_year_without_a_worker_each_begins_once(world: World) -> None:
    now = at("2026-02-15T09:00")
    assert sorted(one.process_id for one in run_starts(world.engine, now=now)) == [
        "annual_plan",
        "fund_disclosure",
    ]
    assert run_starts(world.engine, now=now) == []
    assert sorted(begun(world)) == ["annual_plan", "fund_disclosure"]
    with reading(world.engine) as connection:
        due = {one.process_id: one.due for one in due_starts(connection, now=now)}
    assert due["fund_disclosure"] == at("2026-04-01T00:00")
    assert due["annual_plan"] == at("2026-09-01T00:00")


def test_two_workers_begin_it_once(world: World) -> None:
    now = at("2025-04-01T00:00")
    threads = [Thread(target=run_starts, args=(world.engine,), kwargs={"now": now}) for _ in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert begun(world) == ["fund_disclosure"]
