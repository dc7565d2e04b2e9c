"""For operators: a line for each request without what people typed, figures that mean something, clean-up."""

import json
from datetime import UTC, datetime, timedelta

import pytest
import structlog
from sqlalchemy import func, insert, select, update

from service import log
from service.config import Config
from service.jobs.forget_old import forget_old
from service.scenarios.looks import open_tasks
from service.store import tables as t
from service.store.session import begin, reading
from service.web.app import create_app
from tests.commands.stand import at_opinions
from tests.web.test_web import csrf, signed_in

NOW = datetime(2025, 3, 12, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    made = at_opinions(f"sqlite:///{tmp_path_factory.mktemp('operation') / 'web.sqlite3'}")
    yield made
    made.close()


@pytest.fixture
def app(world, tmp_path):
    url = world.engine.url.render_as_string(hide_password=False)
    made = create_app(Config(database_url=url, data_dir=tmp_path, clock="2025-03-12T09:00+08:00"))
    yield made
    made.extensions["engine"].dispose()


def value(text: str, name: str) -> float:
    (line,) = [x for x in text.splitlines() if x.startswith(name + " ")]
    return float(line.split()[1])


def test_a_request_is_one_json_line_without_what_was_typed(app, world, capsys) -> None:
    client = signed_in(app, "info_center")
    key = next(k.task_key for k in open_tasks(world, world.project_key()) if k.group_id == "drc")
    log.set_up(production=True)
    data = {"csrf_token": csrf(client, "/inbox"), "opinion": "不能外传的话"}
    capsys.readouterr()
    answer = client.post(f"/tasks/{key}?q=也不能外传", data=data, headers={"X-Request-ID": "r-17"})
    assert answer.headers["X-Request-ID"] == "r-17"
    said = capsys.readouterr().err
    (line,) = [json.loads(x) for x in said.splitlines() if '"request"' in x]
    assert (
        line["act"] == "POST tasks.act" and line["status"] == 404 and line["request_id"] == "r-17"
    )
    assert line["account"].startswith("a") and line["ms"] >= 0
    assert "外传" not in said


def test_a_strange_request_id_is_not_taken_over(app) -> None:
    answer = app.test_client().get("/login", headers={"X-Request-ID": "x y {}"})
    assert answer.headers["X-Request-ID"] != "x y {}"


def test_development_logs_are_readable(capsys) -> None:
    log.set_up(production=False)
    structlog.get_logger().info("told", act="x")
    said = capsys.readouterr().err
    assert "told" in said and not said.startswith("{")


def test_metrics_count_what_operators_ask(app, world) -> None:
    client = app.test_client()
    text = client.get("/metrics").text
    assert value(text, "banjie_open_tasks") == 3
    assert value(text, "banjie_overdue_tasks") == 0
    assert value(text, "banjie_incidents") == 0
    assert value(text, "banjie_events") > 5
    assert "banjie_completion_seconds_bucket" in text and "banjie_request_seconds_bucket" in text
    with begin(world.engine) as connection:
        before = NOW - timedelta(hours=2)
        connection.execute(update(t.due_timer).values(due_at=before))
        connection.execute(update(t.task).where(t.task.c.status == "open").values(due_at=before))
    text = client.get("/metrics").text
    assert value(text, "banjie_overdue_tasks") == 3
    assert value(text, "banjie_late_timers") == value(text, "banjie_armed_timers") > 0
    assert value(text, "banjie_timer_lateness_seconds") == 7200


def test_answers_to_repeated_requests_are_kept_for_seven_days(world) -> None:
    forget_old(world.engine, now=NOW)  # the story's own
    with begin(world.engine) as connection:
        for days in (1, 6, 8, 30):
            row = {
                "account_key": "a", "idempotency_key": str(days), "request_digest": "d", "answer": "{}",
                "at": NOW - timedelta(days=days),
            }  # fmt: skip
            connection.execute(insert(t.idempotency), row)
    assert forget_old(world.engine, now=NOW) == 2
    with reading(world.engine) as connection:
        mine = t.idempotency.c.account_key == "a"
        left = connection.execute(select(func.count()).select_from(t.idempotency).where(mine))
        assert left.scalar_one() == 2
