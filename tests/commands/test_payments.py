"""Two payments of one project at the same instant never pass the contract (article 23.1.4)."""

from __future__ import annotations

import dataclasses
import time
from decimal import Decimal

import pytest

from service.commands.complete_task import complete_task
from service.config import project_root
from service.definitions import learn
from service.model.errors import Refused
from service.queries.rebuild import differences
from service.scenarios.acts import complete, start, submission
from service.scenarios.looks import open_tasks, values
from service.scenarios.stands import world_after
from service.scenarios.story import read_story
from service.scenarios.together import processes
from service.store.session import begin, create_engine, reading

CONTRACT = Decimal("812000.00")
PAID = Decimal("568400.00")


@pytest.fixture
def world(database_url: str):
    """A county whose project has been paid twice; 243600.00 of its contract are left."""
    story = read_story(project_root() / "processes/scenarios/S04.yaml")
    paid = next(i for i, s in enumerate(story.steps) if str(PAID) in str(s))
    told = dataclasses.replace(story, steps=story.steps[: paid + 1])
    made = world_after(database_url, project_root(), told)
    yield made
    made.close()


def _request(world, amount: str) -> None:
    start(world, "fund_disbursement", {})
    wanted = {"payment_node": "中期", "purpose_item": "系统集成", "amount_yuan": amount}
    complete(world, "fund_disbursement/fill_request", {"with": wanted})
    complete(world, "fund_disbursement/sign_progress", {"with": {"verified_percent": "70"}})


def _payments(world, amount: str) -> list:
    key = world.project_key()
    found = []
    for task in open_tasks(world, key):
        if task.path == "fund_disbursement/pay":
            actor = world.acting(None, task.group_id, key)
            options = {"with": {"approved_amount_yuan": amount}}
            found.append(
                (task.task_key, actor, submission(world, world.element(task.path), options))
            )
    return found


def _pay(url: str, actor, task_key: str, submission, now, at: float) -> str:
    engine = create_engine(url)
    learn(engine)
    time.sleep(max(0, at - time.time()))
    try:
        with begin(engine) as connection:
            complete_task(connection, actor, task_key, submission, now=now)
    except Refused as refused:
        return " ".join(clause for reason in refused.reasons for clause in reason.clauses)
    finally:
        engine.dispose()
    return "paid"


def _race(world, amount: str) -> list[str]:
    url = world.engine.url.render_as_string(hide_password=False)
    list(processes().map(time.sleep, [0.1, 0.1]))  # two processes are up before the race
    at = time.time() + 0.15
    jobs = [
        processes().submit(_pay, url, actor, key, submission, world.now, at)
        for key, actor, submission in _payments(world, amount)
    ]
    return sorted(job.result() for job in jobs)


def test_of_two_that_do_not_fit_together_one_is_paid(world) -> None:
    _request(world, "200000.00")
    _request(world, "200000.00")
    assert _race(world, "200000.00") == ["23.1.4", "paid"]
    paid = values(world, world.project_key())["project_paid_yuan"]
    assert paid == PAID + Decimal("200000.00") <= CONTRACT
    with reading(world.engine) as connection:
        assert differences(connection) == []


def test_two_that_fit_to_the_cent_are_both_paid(world) -> None:
    _request(world, "121800.00")
    _request(world, "121800.00")
    assert _race(world, "121800.00") == ["paid", "paid"]
    assert values(world, world.project_key())["project_paid_yuan"] == CONTRACT
