"""Timers in the database: each fires once, in order of due time, whoever fires; and follows changed facts."""

import json
import random
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from service.commands._advance import Act, advance_locked
from service.commands._locked import lock_instance, lock_project, new_instance
from service.commands.deploy import deploy
from service.definitions import newest_definition
from service.jobs.run_due import run_due
from service.model.actor import SYSTEM
from service.model.inputs import CompleteTask, StartInstance
from service.queries.history import entries
from service.queries.rebuild import differences
from service.store import tables as t
from service.store.facts import facts_of, project_begun
from service.store.session import begin, create_engine, reading
from tests.empty import empty_database
from tests.engine.test_rearming import NOW, bundle, day

LATER = datetime(2025, 12, 31, 1, tzinfo=UTC)


@pytest.fixture
def engine(place: str, request):
    made = create_engine(empty_database(place))
    with begin(made) as connection:
        deploy(connection, bundle(request.param), by="test", now=NOW)
    yield made
    made.dispose()


def start(connection, project_key=None, about=None, **variables) -> str:
    facts = facts_of(connection, project_key)
    locked = new_instance(newest_definition(connection), "timed", project_key, facts)
    act = Act(SYSTEM, "start_instance", NOW, about or {})
    advance_locked(connection, locked, StartInstance("timed", variables), act)
    return locked.instance_key


def fired(connection) -> list[tuple[str, datetime]]:
    """(task, due) in the order of the log."""
    bodies = connection.execute(
        select(t.event.c.body).where(t.event.c.act == "fire_timer").order_by(t.event.c.seq)
    ).scalars()
    inputs = [json.loads(body)["input"][1] for body in bodies]
    return [(i["task_key"], datetime.fromisoformat(i["due"]["dateTime"])) for i in inputs]


@pytest.mark.parametrize("engine", ["until"], indirect=True)
def test_two_workers_after_downtime_fire_each_once_in_order_of_due_time(engine) -> None:
    days = list(range(30))
    random.Random(7).shuffle(days)
    with begin(engine) as connection:
        for n in days:
            start(connection, until=date(2025, 4, 1) + timedelta(days=n // 2))
        armed = connection.execute(select(t.due_timer.c.task_key)).scalars().all()
    url = engine.url.render_as_string(hide_password=False)

    def work(_: int):
        own = create_engine(url)
        try:
            return run_due(own, now=LATER)
        finally:
            own.dispose()

    with ThreadPoolExecutor(2) as pool:
        rounds = list(pool.map(work, range(2)))
    assert not any(r.failed for r in rounds)
    told = [f.task_key for r in rounds for f in r.fired]
    assert len(told) == len(set(told)) == 30
    with reading(engine) as connection:
        log = fired(connection)
        assert {key for key, _ in log} == set(armed)
        assert len(log) == 30
        assert [due for _, due in log] == sorted(due for _, due in log)
        assert differences(connection) == []


@pytest.mark.parametrize("engine", ["until"], indirect=True)
def test_nothing_fires_before_its_time(engine) -> None:
    with begin(engine) as connection:
        start(connection, until=date(2025, 4, 1))
    assert run_due(engine, now=day("2025-04-01") - timedelta(seconds=1)).fired == []
    assert len(run_due(engine, now=day("2025-04-01")).fired) == 1


@pytest.mark.parametrize(
    "engine", ["if project_until = null then until else project_until"], indirect=True
)
def test_a_change_approved_in_one_process_moves_the_reminder_of_another(engine) -> None:
    with begin(engine) as connection:
        project_begun(connection, "p", no="2025-0001", unit_id="office", at=NOW)
        begins = {"begins": {"no": "2025-0001", "unit": "office"}}
        one = start(connection, "p", begins, until=date(2025, 4, 1))
        two = start(connection, "p", until=date(2025, 5, 1))
    with begin(engine) as connection:
        lock_project(connection, "p")
        locked = lock_instance(connection, one)
        key = connection.execute(
            select(t.task.c.task_key).where(t.task.c.instance_key == one, t.task.c.status == "open")
        ).scalar_one()
        given = CompleteTask(key, {"project_until": date(2025, 9, 30)})
        advance_locked(connection, locked, given, Act(SYSTEM, "complete_task", NOW))
    with reading(engine) as connection:
        due = dict(
            connection.execute(select(t.due_timer.c.instance_key, t.due_timer.c.due_at)).all()
        )
        assert due == {one: day("2025-09-30"), two: day("2025-09-30")}
        acts = connection.execute(select(t.event.c.act).order_by(t.event.c.seq)).scalars().all()
        assert acts[-2:] == ["complete_task", "rearm_timers"]
        assert entries(connection, instance_key=two)[-1].what == "改期：wait 改到 2025-09-30"
        assert differences(connection) == []
