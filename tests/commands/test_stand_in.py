"""代理: for a period, in a scope, for new and existing tasks, never against four eyes; it ends by itself."""

import dataclasses
from datetime import timedelta

import pytest
from sqlalchemy import select

from service.commands.claim_task import claim_task
from service.commands.complete_task import complete_task
from service.commands.end_stand_in import end_stand_in
from service.commands.read_notices import read_notices
from service.commands.set_stand_in import set_stand_in
from service.model.errors import Conflict, NotAllowed, NotFound, Refused
from service.queries.box_orders import order_of
from service.queries.boxes import keys_of_box
from service.queries.history import entries
from service.queries.notices import notices, notices_since, unread, unread_keys
from service.queries.rebuild import differences
from service.queries.task_detail import task_detail
from service.regulation.dates import local_date
from service.scenarios import acts
from service.scenarios.looks import open_tasks
from service.store import tables as t
from service.store.session import begin, reading
from service.store.standing_in import stands_in
from tests.commands.stand import at_opinions


@pytest.fixture
def world(database_url: str):
    made = at_opinions(database_url)
    yield made
    made.close()


def do(world, command, *arguments, **options):
    with begin(world.engine) as connection:
        return command(connection, *arguments, now=world.now, **options)


def now_as(world, actor):
    """The actor as a request of now knows him."""
    with reading(world.engine) as connection:
        away = stands_in(connection, actor, world.now)
    return dataclasses.replace(actor, stands_in_for=away)


def opinion(world):
    (task,) = [
        k for k in open_tasks(world, world.project_key()) if k.path.endswith("/finance_opinion")
    ]
    return task, world.acting(None, task.group_id, world.project_key())


def box(world, actor) -> set[str]:
    with reading(world.engine) as connection:
        keys = keys_of_box(connection, actor, "todo", order_of("todo", ""), limit=50)
        return {row.task_key for row in connection.execute(keys)}


def away(world, principal, agent, days: int = 3, **options) -> str:
    today = local_date(world.now)
    return do(
        world, set_stand_in, principal, agent.account_key, today, today + timedelta(days=days),
        reason="出差", **options,
    )  # fmt: skip


def test_existing_and_new_tasks_are_the_agents_for_the_period(world) -> None:
    task, holder = opinion(world)
    agent = world.of_unit("water")
    do(world, claim_task, holder, task.task_key)  # an existing one, already in hand
    with pytest.raises(NotFound):
        do(world, claim_task, agent, task.task_key)
    away(world, holder, agent)
    acting = now_as(world, agent)
    assert task.task_key in box(world, acting)
    with reading(world.engine) as connection:
        assert task_detail(connection, acting, task.task_key, now=world.now).row.status == "open"
    given = acts.submission(world, world.element(task.path), {})
    do(world, complete_task, acting, task.task_key, given)
    with reading(world.engine) as connection:
        row = connection.execute(select(t.task).where(t.task.c.task_key == task.task_key)).one()
        lines = entries(connection, project_key=world.project_key())
        assert differences(connection) == []
    assert row.ended_by_name == f"{holder.name}（{agent.name}代）"
    assert (row.ended_by, row.ended_for) == (agent.account_key, holder.account_key)
    assert lines[-1].who == f"{holder.name}（{agent.name}代）"


def test_it_ends_by_itself_and_before(world) -> None:
    task, holder = opinion(world)
    agent = world.of_unit("water")
    key = away(world, holder, agent, days=1)
    world.now += timedelta(days=1)
    assert task.task_key in box(world, now_as(world, agent))  # the last day is a whole one
    world.now += timedelta(days=1)
    assert now_as(world, agent).stands_in_for == ()
    assert task.task_key not in box(world, now_as(world, agent))
    with pytest.raises(NotFound):
        do(world, claim_task, now_as(world, agent), task.task_key)
    with pytest.raises(Conflict, match="已经到期"):
        do(world, end_stand_in, holder, key)
    key = away(world, holder, agent)
    with pytest.raises(NotFound):
        do(world, end_stand_in, agent, key)
    do(world, end_stand_in, holder, key)
    assert now_as(world, agent).stands_in_for == ()
    with reading(world.engine) as connection:
        assert differences(connection) == []


def test_scope(world) -> None:
    task, holder = opinion(world)
    agent = world.of_unit("water")
    away(world, holder, agent, process_id="annual_plan")
    acting = now_as(world, agent)
    assert task.task_key not in box(world, acting)
    with pytest.raises(NotFound):
        do(world, claim_task, acting, task.task_key)
    away(world, holder, agent, process_id="project_lifecycle")
    assert task.task_key in box(world, now_as(world, agent))


def test_nobody_becomes_the_reviewer_of_his_own_application(world) -> None:
    task, holder = opinion(world)
    applicant = world.of_unit("县民政局")
    away(world, holder, applicant)
    acting = now_as(world, applicant)
    for command in (claim_task,):
        with pytest.raises(NotAllowed, match="须由不同人员办理"):
            do(world, command, acting, task.task_key)
    given = acts.submission(world, world.element(task.path), {})
    with pytest.raises(NotAllowed, match="须由不同人员办理"):
        do(world, complete_task, acting, task.task_key, given)


def test_one_reviewer_does_not_speak_for_two_units(world) -> None:
    task, holder = opinion(world)
    other = next(
        world.acting(None, k.group_id, world.project_key())
        for k in open_tasks(world, world.project_key())
        if k.path.endswith("/drc_opinion")
    )
    acts.complete(world, "joint_review/drc_opinion", {})
    away(world, holder, other)
    with pytest.raises(NotAllowed, match="不能再代表另一单位"):
        do(world, claim_task, now_as(world, other), task.task_key)


def test_what_is_refused(world) -> None:
    _, holder = opinion(world)
    agent, today = world.of_unit("water"), local_date(world.now)
    for to, first, last, reason, words in (
        (holder, today, today, "出差", "不能选择自己"),
        (agent, today, today - timedelta(days=1), "出差", "起止日期"),
        (agent, None, today, "出差", "起止日期"),
        (agent, today, today + timedelta(days=400), "出差", "不超过"),
        (agent, today, today, " ", "请填写代理原因"),
    ):
        with pytest.raises(Refused, match=words):
            do(world, set_stand_in, holder, to.account_key, first, last, reason=reason)
    with pytest.raises(NotAllowed, match="系统管理员"):
        do(
            world, set_stand_in, agent, agent.account_key, today, today,
            principal=holder.account_key, reason="替他设",
        )  # fmt: skip
    admin = world.people["system_admin"]
    do(
        world, set_stand_in, admin, agent.account_key, today, today,
        principal=holder.account_key, reason="突然住院",
    )  # fmt: skip
    assert [s.principal.account_key for s in now_as(world, agent).stands_in_for] == [
        holder.account_key
    ]


def test_the_agent_is_told_and_nobody_else(world) -> None:
    """By a notice of his own, which he marks as read; also who is stood in for by the administrator's order."""
    _, holder = opinion(world)
    agent, other = world.of_unit("water"), world.people["drc"]
    with reading(world.engine) as connection:
        before = {a.login: unread(connection, a) for a in (holder, agent, other)}
    key = away(world, holder, agent)
    with reading(world.engine) as connection:
        first = notices(connection, agent)[0]
        assert (first.notice_key, first.step, first.read) == (key, "代理", False)
        assert first.words.startswith(f"您代理{holder.name}，") and first.words.endswith(
            "原因：出差"
        )
        assert key in [n.notice_key for n in notices_since(connection, world.now, actor=agent)]
        assert key not in [n.notice_key for n in notices_since(connection, world.now)]  # no hook
        after = {a.login: unread(connection, a) for a in (holder, agent, other)}
        assert after == {**before, agent.login: before[agent.login] + 1}
        assert key in unread_keys(connection, agent)
    do(world, read_notices, agent, [key])
    with reading(world.engine) as connection:
        assert unread(connection, agent) == before[agent.login]
        assert notices(connection, agent)[0].read
    admin = world.people["system_admin"]
    today = local_date(world.now)
    ordered = do(
        world, set_stand_in, admin, other.account_key, today, today,
        principal=holder.account_key, reason="突然住院",
    )  # fmt: skip
    with reading(world.engine) as connection:
        assert notices(connection, holder)[0].words.startswith(f"{other.name}代理您，")
        assert ordered in unread_keys(connection, holder) and ordered in unread_keys(
            connection, other
        )
        assert differences(connection) == []
