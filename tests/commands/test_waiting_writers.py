"""A writer of SQLite holds the whole database: others wait for it and are not told that it is locked."""

import sqlite3
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError

from service import definitions
from service.commands.complete_task import complete_task
from service.commands.start_instance import start_instance
from service.config import Config
from service.jobs.run_due import run_due
from service.queries.rebuild import differences
from service.scenarios import acts
from service.scenarios.looks import open_tasks
from service.scenarios.people import PASSWORD
from service.scenarios.together import _submit
from service.scenarios.world import open_engine
from service.store import tables as t
from service.store.session import begin, reading
from service.web.app import create_app
from tests.commands.stand import at_opinions

NOW = datetime(2025, 3, 12, 1, tzinfo=UTC)
WRITERS, EACH = 6, 5
HELD = 3.0  # seconds: far longer than any act, far shorter than a writer waits


@pytest.fixture
def world(tmp_path: Path):
    made = at_opinions(f"sqlite:///{tmp_path / 'waiting.sqlite3'}")
    yield made
    made.close()


def test_many_writers_wait_for_a_long_one(world) -> None:
    """Connections of their own, as in processes of their own; each transaction reads before it writes."""
    starter, failed = world.of_unit("县民政局"), []
    held = threading.Event()

    def hold() -> None:
        with begin(world.engine):
            held.set()
            time.sleep(HELD)

    def write() -> None:
        engine = open_engine(world.url)
        try:
            for _ in range(EACH):
                with begin(engine) as connection:
                    start_instance(connection, starter, "project_lifecycle", now=NOW)
        except OperationalError as wrong:
            failed.append(wrong)
        finally:
            engine.dispose()

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait()
    begun = time.monotonic()
    with reading(world.engine) as connection:  # who only reads does not wait
        before = connection.execute(select(func.count()).select_from(t.project)).scalar_one()
    assert time.monotonic() - begun < HELD / 2
    writers = [threading.Thread(target=write) for _ in range(WRITERS)]
    for thread in writers:
        thread.start()
    for thread in (holder, *writers):
        thread.join()
    assert failed == []
    with reading(world.engine) as connection:
        after = connection.execute(select(func.count()).select_from(t.project)).scalar_one()
        assert after == before + WRITERS * EACH
        assert differences(connection) == []


def test_every_transaction_that_writes_begins_with_the_right_to(world) -> None:
    """None is begun as a reader and raised to a writer: SQLite refuses that at once, without waiting."""
    with begin(world.engine) as connection:
        connection.execute(select(t.project)).all()
        with (
            sqlite3.connect(world.engine.url.database, timeout=0) as other,
            pytest.raises(sqlite3.OperationalError, match="locked"),
        ):
            other.execute("BEGIN IMMEDIATE")
        connection.execute(text("UPDATE project SET name = name"))


@pytest.fixture
def compiled(world, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A process that knows no definition yet; for each that it compiles, whether others could write meanwhile."""
    free: list[str] = []
    compile_bundle = definitions.compile_bundle

    def watched(bundle):
        with sqlite3.connect(world.engine.url.database, timeout=0) as other:
            try:
                other.execute("BEGIN IMMEDIATE")
                free.append("free")
            except sqlite3.OperationalError:
                free.append("locked")
            other.rollback()
        return compile_bundle(bundle)

    monkeypatch.setattr(definitions, "_known", {})
    monkeypatch.setattr(definitions, "compile_bundle", watched)
    return free


def opinion(world) -> tuple:
    task = open_tasks(world, world.project_key())[0]
    actor = world.acting(None, task.group_id, world.project_key())
    return actor, task.task_key, acts.submission(world, world.element(task.path), {})


def test_a_bare_command_would_compile_while_others_wait(world, compiled: list[str]) -> None:
    """What the tests below would see if nothing was learned before."""
    actor, task_key, given = opinion(world)
    with begin(world.engine) as connection:
        complete_task(connection, actor, task_key, given, now=NOW)
    assert compiled == ["locked"]


def test_processes_of_a_story_learn_first(world, compiled: list[str]) -> None:
    actor, task_key, given = opinion(world)
    assert _submit(world.url, actor, task_key, given, NOW) is None
    assert compiled == ["free"]


def test_a_worker_learns_first(world, compiled: list[str]) -> None:
    run_due(world.engine, now=NOW)
    assert compiled == ["free"]


def test_the_service_learns_first(world, compiled: list[str], tmp_path: Path) -> None:
    actor, task_key, _ = opinion(world)
    app = create_app(
        Config(database_url=world.url, data_dir=tmp_path, clock="2025-03-12T09:00+08:00")
    )
    client = app.test_client()
    body = {"login": actor.login, "password": PASSWORD}
    token = client.post("/api/v1/sessions", json=body).json["token"]
    head = {"Authorization": f"Bearer {token}"}
    assert client.post(f"/api/v1/tasks/{task_key}/claim", headers=head).status_code == 200
    app.extensions["engine"].dispose()
    assert compiled == ["free"]
