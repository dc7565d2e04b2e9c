"""退回, 撤回: the right tasks open, nothing lost, and the log alone rebuilds what came of it."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from service.commands.claim_task import claim_task
from service.commands.return_task import return_task
from service.commands.withdraw_task import withdraw_task
from service.model.errors import Conflict, NotAllowed, NotFound, Refused
from service.queries.history import entries
from service.queries.rebuild import differences
from service.queries.task_detail import task_detail
from service.queries.ways_back import offers_from
from service.scenarios import acts
from service.scenarios.looks import fingerprint, open_tasks
from service.store import tables as t
from service.store.session import begin, reading
from tests.commands.stand import at_opinions

OPINIONS = ["info_center_opinion", "drc_opinion", "finance_opinion"]


@pytest.fixture
def world(database_url: str):
    made = at_opinions(database_url)
    yield made
    made.close()


def open_steps(world) -> list[str]:
    return sorted(task.path.partition("/")[2] for task in open_tasks(world, world.project_key()))


def rows(world) -> list:
    with reading(world.engine) as connection:
        return connection.execute(select(t.task).order_by(t.task.c.created_at)).all()


def one(world, step: str):
    """The open task of a step and who may do it."""
    (task,) = [k for k in open_tasks(world, world.project_key()) if k.path.endswith(f"/{step}")]
    return task, world.acting(None, task.group_id, world.project_key())


def last_done(world, step: str) -> str:
    done = [r for r in rows(world) if r.element_id == step and r.status == "completed"]
    return max(done, key=lambda r: r.ended_at).task_key


def go_back(world, from_step: str, to_step: str, reason="材料与系统记录不一致，请核对。") -> None:
    task, actor = one(world, from_step)
    with begin(world.engine) as connection:
        return_task(
            connection, actor, task.task_key, last_done(world, to_step),
            reason=reason, now=world.now,
        )  # fmt: skip
    world.now += timedelta(minutes=1)


def submitted(world, key: str) -> dict:
    with reading(world.engine) as connection:
        row = connection.execute(select(t.submission).where(t.submission.c.task_key == key)).one()
    return json.loads(row.content)


def offered(world, step: str) -> list[str]:
    task, _ = one(world, step)
    with reading(world.engine) as connection:
        row = connection.execute(select(t.task).where(t.task.c.task_key == task.task_key)).one()
        return [o.way.element.id for o in offers_from(connection, row, world.element(task.path))]


def sound(world) -> None:
    with reading(world.engine) as connection:
        assert differences(connection) == []


def test_five_rounds_out_of_a_joint_review_with_one_of_three_signed(world) -> None:
    """From a parallel branch before the split: all three opinions are asked for again, each round."""
    for number in range(5):
        signed = OPINIONS[number % 3]
        acts.complete(world, f"joint_review/{signed}", {})
        leaving = OPINIONS[(number + 1) % 3]
        assert open_steps(world) == sorted(set(OPINIONS) - {signed})
        go_back(world, leaving, "fill_technical", f"第{number + 1}次：请补充共享分析。")
        assert open_steps(world) == ["fill_technical"]
        task, actor = one(world, "fill_technical")
        with reading(world.engine) as connection:
            detail = task_detail(connection, actor, task.task_key, now=world.now)
        assert detail.draft == submitted(
            world, last_done(world, "fill_technical")
        )  # prefilled with what was entered
        for path in (
            "project_declaration/fill_technical",
            "project_declaration/confirm_declaration",
            "project_declaration/accept_declaration",
            "declaration_review/check_eligibility",
            "declaration_review/review_scheme",
            "declaration_review/give_expert_opinion",
        ):
            acts.complete(world, path, {})
        assert open_steps(world) == sorted(OPINIONS)
    sound(world)
    ended = [r for r in rows(world) if r.element_id in OPINIONS and r.status == "completed"]
    assert len(ended) == 5
    with reading(world.engine) as connection:
        lines = entries(connection, project_key=world.project_key())
    assert len([e for e in lines if e.kind == "back"]) == 5
    assert len([e for e in lines if "审核意见" in e.what and e.kind == "done"]) == 5
    assert all(submitted(world, r.task_key) for r in ended)  # old opinions stand
    for opinion in OPINIONS:
        acts.complete(world, f"joint_review/{opinion}", {})
    assert open_steps(world) == ["write_joint_opinion"]


def test_into_one_branch_after_the_join(world) -> None:
    """The two other opinions stand; the summary waits for the third alone."""
    for opinion in OPINIONS:
        acts.complete(world, f"joint_review/{opinion}", {})
    for _ in range(5):
        go_back(world, "write_joint_opinion", "drc_opinion")
        assert open_steps(world) == ["drc_opinion"]
        acts.complete(world, "joint_review/drc_opinion", {})
        assert open_steps(world) == ["write_joint_opinion"]
    sound(world)


def test_a_branch_does_not_send_its_neighbours_back(world) -> None:
    acts.complete(world, "joint_review/drc_opinion", {})
    assert "drc_opinion" not in offered(world, "finance_opinion")
    with pytest.raises(Refused, match="不能退回到这一步"):
        go_back(world, "finance_opinion", "drc_opinion")


def test_what_the_leading_group_has_decided_stands(world) -> None:
    for opinion in OPINIONS:
        acts.complete(world, f"joint_review/{opinion}", {})
    for path in ("joint_review/write_joint_opinion", "leading_group_decision/prepare_agenda"):
        acts.complete(world, path, {})
    assert offered(world, "decide_project") == []
    with pytest.raises(Refused, match="不能退回，请在表单中作出决定"):
        go_back(world, "decide_project", "prepare_agenda")
    acts.complete(world, "leading_group_decision/decide_project", {})
    assert offered(world, "issue_notice") == []
    acts.complete(world, "leading_group_decision/issue_notice", {})
    (step,) = open_steps(world)
    assert offered(world, step) == []


def test_a_return_needs_a_right_and_a_reason(world) -> None:
    before = fingerprint(world)
    with pytest.raises(Refused) as refused:
        go_back(world, "finance_opinion", "review_scheme", "  ")
    assert refused.value.fields == {"reason": "请填写退回理由。"}
    task, actor = one(world, "finance_opinion")
    stranger = world.acting(None, one(world, "drc_opinion")[0].group_id, world.project_key())
    to = last_done(world, "review_scheme")
    with pytest.raises(NotFound), begin(world.engine) as connection:
        return_task(connection, stranger, task.task_key, to, reason="错", now=world.now)
    assert fingerprint(world) == before
    go_back(world, "finance_opinion", "review_scheme")
    with pytest.raises(Conflict, match=f"{actor.name}于 .* 取消"), begin(world.engine) as c:
        return_task(c, actor, task.task_key, to, reason="又一次", now=world.now)


def test_facts_are_as_before(world) -> None:
    """The status of the project goes back with it."""
    key = world.project_key()

    def status() -> str:
        with reading(world.engine) as connection:
            return connection.execute(
                select(t.project.c.status).where(t.project.c.project_key == key)
            ).scalar_one()

    assert status() == "审核中"
    go_back(world, "finance_opinion", "fill_technical")
    assert status() != "审核中"
    sound(world)


def test_withdraw_before_the_next_one_acts(world) -> None:
    acts.complete(world, "joint_review/drc_opinion", {})
    key = last_done(world, "drc_opinion")
    (done,) = [r for r in rows(world) if r.task_key == key]
    actor = next(a for a in world.people.values() if a.account_key == done.ended_by)
    other = one(world, "finance_opinion")[1]
    with pytest.raises(NotFound), begin(world.engine) as connection:
        withdraw_task(connection, other, key, now=world.now)
    with begin(world.engine) as connection:
        withdraw_task(connection, actor, key, now=world.now)
    assert open_steps(world) == sorted(OPINIONS)
    with pytest.raises(Refused), begin(world.engine) as connection:
        withdraw_task(connection, actor, key, now=world.now)
    for opinion in OPINIONS:
        acts.complete(world, f"joint_review/{opinion}", {})
    assert open_steps(world) == ["write_joint_opinion"]
    sound(world)


def test_withdraw_is_too_late_when_the_next_one_has_claimed_or_acted(world) -> None:
    for opinion in OPINIONS:
        acts.complete(world, f"joint_review/{opinion}", {})
    key = last_done(world, "finance_opinion")
    actor = next(
        a for a in world.people.values()
        if a.account_key == next(r for r in rows(world) if r.task_key == key).ended_by
    )  # fmt: skip
    task, next_one = one(world, "write_joint_opinion")
    with begin(world.engine) as connection:
        claim_task(connection, next_one, task.task_key, now=world.now)
    with pytest.raises(Conflict, match=f"{next_one.name}已签收"), begin(world.engine) as c:
        withdraw_task(c, actor, key, now=world.now)
    acts.complete(world, "joint_review/write_joint_opinion", {})
    with pytest.raises(Conflict, match="下一环节已经办理"), begin(world.engine) as connection:
        withdraw_task(connection, actor, key, now=world.now)


def test_four_eyes_hold_for_a_return(world) -> None:
    """Who has applied may not return a review, even with the right to it."""
    import dataclasses

    task, actor = one(world, "finance_opinion")
    applicant = world.of_unit("县民政局")
    both = dataclasses.replace(actor, account_key=applicant.account_key, name=applicant.name)
    with pytest.raises(NotAllowed, match="须由不同人员办理"), begin(world.engine) as connection:
        return_task(
            connection, both, task.task_key, last_done(world, "review_scheme"),
            reason="自己退", now=world.now,
        )  # fmt: skip
