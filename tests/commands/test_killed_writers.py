"""Writers killed by SIGKILL while they complete tasks: nothing that was acknowledged is lost, nothing half done."""

import json
import multiprocessing
import os
import signal
import time
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from service.commands.complete_task import complete_task
from service.commands.start_instance import start_instance
from service.queries.rebuild import differences
from service.scenarios import acts
from service.scenarios.looks import open_tasks
from service.store import tables as t
from service.store.session import begin, create_engine, reading
from tests.commands.stand import at_opinions

NOW = datetime(2025, 3, 12, 1, tzinfo=UTC)
# one round of the joint review: three opinions, sent back, amended, reviewed again
AGAIN = {"joint_review/write_joint_opinion": {"joint_result": "amend"}}
NEW_PROJECT = 2  # each so many completions another project is started too


@pytest.fixture
def world(database_url: str):
    made = at_opinions(database_url)
    yield made
    made.close()


def one_round(world) -> dict:
    """(actor, submission) by path of each task on the way from the opinions back to them."""
    key, script = world.project_key(), {}
    while tasks := [x for x in open_tasks(world, key) if x.path not in script]:
        task = tasks[0]
        actor = world.acting(None, task.group_id, key)
        given = acts.submission(world, world.element(task.path), {"with": AGAIN.get(task.path, {})})
        script[task.path] = (actor, given)
        with begin(world.engine) as connection:
            complete_task(connection, actor, task.task_key, given, now=NOW)
    return script


def write(url: str, project_key: str, script: dict, starter, pipe) -> None:
    """Complete open tasks for ever; each is acknowledged when its transaction has been committed."""
    engine = create_engine(url)
    count = 0
    while True:
        count += 1
        now = NOW + timedelta(seconds=count)
        with reading(engine) as connection:
            row = connection.execute(
                select(t.task)
                .where(t.task.c.project_key == project_key, t.task.c.status == "open")
                .order_by(t.task.c.task_key)
            ).first()
        actor, given = script[f"{row.process_id}/{row.element_id}"]
        with begin(engine) as connection:
            done = complete_task(
                connection, actor, row.task_key, given, now=now, idempotency_key=row.task_key
            )
        pipe.send(("submission", done.submission_key))
        if count % NEW_PROJECT == 0:
            with begin(engine) as connection:
                begun = start_instance(connection, starter, "project_lifecycle", now=now)
            pipe.send(("project", begun.project_key))


def kill(world, kills: int) -> None:
    key, script = world.project_key(), one_round(world)
    starter = world.of_unit("县民政局")
    url = world.engine.url.render_as_string(hide_password=False)
    world.engine.dispose()  # the writers open connections of their own
    context = multiprocessing.get_context("fork")
    acknowledged: set[tuple[str, str]] = set()
    for index in range(kills):
        ours, theirs = context.Pipe(duplex=False)
        process = context.Process(target=write, args=(url, key, script, starter, theirs))
        process.start()
        theirs.close()
        acknowledged.add(ours.recv())
        time.sleep(0.008 * (index % 20))
        os.kill(process.pid, signal.SIGKILL)
        process.join()
        try:
            while ours.poll():
                acknowledged.add(ours.recv())
        except (EOFError, OSError):
            pass
    check(world, acknowledged)
    kinds = [kind for kind, _ in acknowledged]
    print(
        f"{world.engine.dialect.name}: {kills} kills, acknowledged {kinds.count('submission')} completions "
        f"and {kinds.count('project')} starts, 0 lost, 0 half done"
    )


def check(world, acknowledged: set[tuple[str, str]]) -> None:
    """Everything acknowledged is there; each completion is there whole, and once."""
    with reading(world.engine) as connection:
        keys = {
            ("submission", k)
            for k in connection.execute(select(t.submission.c.submission_key)).scalars()
        }
        keys |= {
            ("project", k) for k in connection.execute(select(t.project.c.project_key)).scalars()
        }
        assert acknowledged <= keys
        done = connection.execute(
            select(t.event.c.body).where(t.event.c.act == "complete_task")
        ).scalars()
        tasks = [json.loads(body)["task"] for body in done]
        assert len(tasks) == len(set(tasks))
        ended = connection.execute(
            select(t.task.c.task_key).where(t.task.c.status == "completed")
        ).scalars()
        assert set(ended) == set(tasks)
        submissions = connection.execute(select(func.count()).select_from(t.submission))
        assert submissions.scalar_one() == len(tasks)
        assert differences(connection) == []


def test_a_killed_writer_loses_nothing(world) -> None:
    kill(world, 3)


@pytest.mark.heavy
def test_fifty_killed_writers_lose_nothing(world) -> None:
    kill(world, 50)
