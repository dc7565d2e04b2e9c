"""Completing a task: rights, forms, retries, races — nothing lost, nothing let through."""

import time
from datetime import UTC, datetime

import pytest
import sqlalchemy
from sqlalchemy import func, select

from service.commands.complete_task import complete_task
from service.definitions import learn
from service.model.errors import Conflict, NotFound, Refused
from service.queries.rebuild import differences
from service.scenarios import acts
from service.scenarios.looks import fingerprint, open_tasks
from service.scenarios.together import processes
from service.store import history
from service.store import tables as t
from service.store.session import begin, create_engine, reading
from tests.commands.stand import at_opinions

NOW = datetime(2025, 3, 12, 1, tzinfo=UTC)


@pytest.fixture
def world(database_url: str):
    made = at_opinions(database_url)
    yield made
    made.close()


def opinions(world) -> list:
    """(task, actor, submission) of the three opinions."""
    found = []
    for task in open_tasks(world, world.project_key()):
        actor = world.acting(None, task.group_id, world.project_key())
        found.append((task, actor, acts.submission(world, world.element(task.path), {})))
    assert len(found) == 3
    return found


def complete(world, actor, task_key, submission, key=None):
    with begin(world.engine) as connection:
        return complete_task(connection, actor, task_key, submission, now=NOW, idempotency_key=key)


def events(world) -> int:
    with reading(world.engine) as connection:
        return connection.execute(select(func.count()).select_from(t.event)).scalar_one()


def test_the_second_is_told_who_and_when(world) -> None:
    task, actor, submission = opinions(world)[0]
    complete(world, actor, task.task_key, submission)
    with pytest.raises(Conflict, match=rf"{actor.name}于 2025-03-12 09:00 办理"):
        complete(world, actor, task.task_key, submission)


def test_a_retry_gets_the_first_answer(world) -> None:
    task, actor, submission = opinions(world)[0]
    first = complete(world, actor, task.task_key, submission, "k1")
    count = events(world)
    assert complete(world, actor, task.task_key, submission, "k1") == first
    assert events(world) == count
    with pytest.raises(Conflict, match="另一项操作"):
        complete(world, actor, task.task_key, {**submission, "leader": "别人"}, "k1")


@pytest.mark.parametrize(
    "key", ["decision", "lg_decision", "__builtins__", "project_status", "op_drc", "x" * 300]
)
def test_unknown_keys_write_nothing(world, key: str) -> None:
    task, actor, submission = opinions(world)[0]
    before = fingerprint(world)
    with pytest.raises(Refused) as refused:
        complete(world, actor, task.task_key, {**submission, key: "approved"})
    assert refused.value.fields
    assert fingerprint(world) == before


def test_another_units_task_does_not_exist(world) -> None:
    (task, actor, submission), (_, other, _), _ = opinions(world)
    assert actor.unit_id != other.unit_id
    before = fingerprint(world)
    with pytest.raises(NotFound):
        complete(world, other, task.task_key, submission)
    assert fingerprint(world) == before


def test_history_cannot_be_changed(world) -> None:
    for statement in (
        "UPDATE event SET act = 'x'",
        "DELETE FROM event",
        "DELETE FROM submission",
        "UPDATE submission SET content = ''",
    ):
        with (
            pytest.raises(sqlalchemy.exc.DatabaseError, match="append-only"),
            begin(world.engine) as connection,
        ):
            connection.exec_driver_sql(statement)


def test_a_changed_event_is_found(world) -> None:
    with reading(world.engine) as connection:
        assert history.first_broken(connection) is None
    with begin(world.engine) as connection:
        drop = "DROP TRIGGER event_no_update" + (
            " ON event" if connection.dialect.name == "postgresql" else ""
        )
        connection.exec_driver_sql(drop)
        connection.exec_driver_sql(
            "UPDATE event SET body = replace(body, '养老', '养生') WHERE seq = (SELECT max(seq) - 3 FROM event)"
        )
        connection.exec_driver_sql(
            "UPDATE event SET act = 'complete_task_' WHERE seq = (SELECT max(seq) FROM event)"
        )
    with reading(world.engine) as connection:
        assert history.first_broken(connection) is not None
        assert differences(connection)


def _try(url: str, actor, task_key: str, submission, at: float) -> str:
    engine = create_engine(url)
    learn(engine)
    time.sleep(max(0, at - time.time()))
    try:
        with begin(engine) as connection:
            complete_task(connection, actor, task_key, submission, now=NOW)
    except Refused as refused:
        return refused.message
    finally:
        engine.dispose()
    return "accepted"


def _race(world, wanted) -> list[str]:
    url = world.engine.url.render_as_string(hide_password=False)
    at = time.time() + 0.15
    jobs = [
        processes().submit(_try, url, actor, task.task_key, submission, at)
        for task, actor, submission in wanted
    ]
    return [job.result() for job in jobs]


def _again(world) -> None:
    """Bring the project back to its three opinions."""
    acts.complete(world, "joint_review/write_joint_opinion", {"with": {"joint_result": "amend"}})
    for path in ("amend_declaration", "check_eligibility", "review_scheme", "give_expert_opinion"):
        acts.complete(world, f"declaration_review/{path}", {})


def _rounds(world, rounds: int) -> None:
    list(processes().map(time.sleep, [0.1] * 4))  # four processes are up before the race
    for _ in range(rounds):
        first, second, third = opinions(world)
        results = _race(world, [first] * 4)
        assert results.count("accepted") == 1, results
        late = [r for r in results if r != "accepted"]
        assert len(late) == 3
        assert all(first[1].name in r and "2025-03-12 09:00" in r for r in late), late
        assert _race(world, [second, third]) == ["accepted"] * 2
        _again(world)
        assert _race(world, opinions(world)) == ["accepted"] * 3
        _again(world)
    with reading(world.engine) as connection:
        assert differences(connection) == []


def test_races(world) -> None:
    _rounds(world, 2)


@pytest.mark.heavy
def test_races_fifty_rounds(world) -> None:
    _rounds(world, 50)
