"""转办, 委托办理, 加签, 沟通, 抄送, 催办, 撤销: who may, what it needs, and that the log rebuilds it."""

import dataclasses
from datetime import timedelta

import pytest
from sqlalchemy import select

from service.commands.answer_opinion import answer_opinion
from service.commands.ask_opinion import ask_opinion
from service.commands.cancel_project import cancel_project
from service.commands.claim_task import claim_task
from service.commands.complete_task import complete_task
from service.commands.copy_task import copy_task
from service.commands.create_account import create_account
from service.commands.drop_opinion import drop_opinion
from service.commands.entrust_task import entrust_task
from service.commands.follow_project import follow_project
from service.commands.hand_back_task import hand_back_task
from service.commands.read_copy import read_copy
from service.commands.release_task import release_task
from service.commands.return_task import return_task
from service.commands.save_draft import save_draft
from service.commands.start_instance import start_instance
from service.commands.transfer_task import transfer_task
from service.commands.urge_task import urge_task
from service.model.actor import SYSTEM
from service.model.errors import Conflict, NotAllowed, NotFound, Refused
from service.model.people import Person
from service.queries.colleagues import who_may_take
from service.queries.consultations import asked_of, copies_for
from service.queries.history import entries
from service.queries.own_lists import drafts_of, followed
from service.queries.rebuild import differences
from service.queries.task_detail import task_detail
from service.scenarios import acts
from service.scenarios.looks import open_tasks
from service.scenarios.people import QUICK
from service.store import tables as t
from service.store.session import begin, reading
from tests.commands.stand import at_opinions


@pytest.fixture
def world(database_url: str):
    made = at_opinions(database_url)
    yield made
    made.close()


@pytest.fixture
def desk(world):
    """(task, its holder, a colleague of his unit with the same post, a person of another unit)."""
    (task,) = [
        k for k in open_tasks(world, world.project_key()) if k.path.endswith("/finance_opinion")
    ]
    holder = world.acting(None, task.group_id, world.project_key())
    with begin(world.engine) as connection:
        posts = connection.execute(
            select(t.account.c.posts).where(t.account.c.account_key == holder.account_key)
        ).scalar_one()
        person = Person("finance_second", "乔丽", holder.unit_id, tuple(posts))
        colleague = create_account(
            connection, SYSTEM, person, password="banjie-demo", reason="测试", now=world.now,
            must_change=False, hasher=QUICK,
        )  # fmt: skip
    return task, holder, colleague, world.of_unit("water")


def do(world, command, *arguments, **options):
    with begin(world.engine) as connection:
        return command(connection, *arguments, now=world.now, **options)


def row_of(world, key: str):
    with reading(world.engine) as connection:
        return connection.execute(select(t.task).where(t.task.c.task_key == key)).one()


def sound(world) -> None:
    with reading(world.engine) as connection:
        assert differences(connection) == []


def lines(world) -> list[str]:
    with reading(world.engine) as connection:
        return [e.what for e in entries(connection, project_key=world.project_key())]


def test_transfer(world, desk) -> None:
    task, holder, colleague, stranger = desk
    key = task.task_key
    for to, reason, words in (
        (stranger.account_key, "忙", "没有办理.*的权限"),
        (holder.account_key, "忙", "不能选择自己"),
        (colleague.account_key, " ", "请填写转办理由"),
        ("nobody", "忙", "请选择人员"),
    ):
        with pytest.raises(Refused, match=words):
            do(world, transfer_task, holder, key, to, reason=reason)
    with pytest.raises(NotFound):
        do(world, transfer_task, stranger, key, colleague.account_key, reason="不是我的")
    do(world, transfer_task, holder, key, colleague.account_key, reason="我下乡三天")
    assert row_of(world, key).assignee == colleague.account_key
    with pytest.raises(NotAllowed, match="乔丽签收"):
        do(world, transfer_task, holder, key, colleague.account_key, reason="再转")
    given = acts.submission(world, world.element(task.path), {})
    do(world, complete_task, colleague, key, given)
    assert "把“县财政局审核意见”转办给乔丽" in lines(world)
    sound(world)


def test_who_has_applied_gets_no_review_by_transfer(world, desk) -> None:
    """Four eyes: the applicant's colleague in another office may not become the reviewer."""
    task, holder, colleague, _ = desk
    applicant = world.of_unit("县民政局")
    with begin(world.engine) as connection:
        connection.execute(
            t.task.update()
            .where(t.task.c.ended_by == applicant.account_key)
            .values(ended_by=colleague.account_key)
        )
    with pytest.raises(NotAllowed, match="须由不同人员办理"):
        do(world, transfer_task, holder, task.task_key, colleague.account_key, reason="忙")


def test_entrust_and_hand_back(world, desk) -> None:
    task, holder, colleague, _ = desk
    key = task.task_key
    do(world, entrust_task, holder, key, colleague.account_key, reason="请核对概算")
    given = acts.submission(world, world.element(task.path), {})
    with pytest.raises(Refused, match=f"{holder.name}委托您办理"):
        do(world, complete_task, colleague, key, given)
    with pytest.raises(Refused, match="请用“交回”"):
        do(world, release_task, colleague, key)
    with pytest.raises(Refused, match="已经委托办理"):
        do(world, entrust_task, holder, key, colleague.account_key, reason="再委托")
    do(world, save_draft, colleague, key, {**given, "leader": "乔丽拟"})
    do(world, hand_back_task, colleague, key, reason="已核对")
    row = row_of(world, key)
    assert (row.assignee, row.entrusted_by) == (holder.account_key, None)
    with reading(world.engine) as connection:
        detail = task_detail(connection, holder, key, now=world.now)
    assert detail.draft["leader"] == "乔丽拟"  # what was prepared goes along
    do(world, complete_task, holder, key, given)
    assert f"把“县财政局审核意见”交回{holder.name}" in lines(world)
    sound(world)


def test_cosign_holds_up_the_submission_until_it_is_given_or_dropped(world, desk) -> None:
    task, holder, colleague, stranger = desk
    key = task.task_key
    given = acts.submission(world, world.element(task.path), {})
    people = [colleague.account_key, stranger.account_key]
    with pytest.raises(Refused, match="请选择人员"):
        do(world, ask_opinion, holder, key, "cosign", [], text="请核")
    first, second = do(world, ask_opinion, holder, key, "cosign", people, text="请核对监理费")
    with pytest.raises(Refused, match="乔丽的意见还没有出具"):
        do(world, ask_opinion, holder, key, "cosign", people[:1], text="再问")
    with pytest.raises(Refused, match=f"加签的意见还没有出具：.*{stranger.name}"):
        do(world, complete_task, holder, key, given)
    with reading(world.engine) as connection:
        assert [r.consultation_key for r, _ in asked_of(connection, stranger)] == [second]
    with pytest.raises(NotFound):
        do(world, answer_opinion, holder, second, text="替他答")
    do(world, answer_opinion, stranger, second, text="监理费偏高，建议核减。")
    with pytest.raises(Conflict, match="已经回答"):
        do(world, answer_opinion, stranger, second, text="又一次")
    with pytest.raises(Refused, match="请填写减签理由"):
        do(world, drop_opinion, holder, first, reason="")
    do(world, drop_opinion, holder, first, reason="本人出差")
    with pytest.raises(Conflict, match="已经撤下"):
        do(world, answer_opinion, colleague, first, text="晚了")
    do(world, complete_task, holder, key, given)
    told = lines(world)
    assert "对“县财政局审核意见”出具会签意见" in told
    assert "“县财政局审核意见”减签乔丽" in told
    sound(world)


def test_a_question_does_not_hold_up_and_closes_with_the_task(world, desk) -> None:
    task, holder, _, stranger = desk
    (key,) = do(
        world,
        ask_opinion,
        holder,
        task.task_key,
        "question",
        [stranger.account_key],
        text="几时交？",
    )
    given = acts.submission(world, world.element(task.path), {})
    do(world, complete_task, holder, task.task_key, given)
    with pytest.raises(Conflict, match="已随任务关闭"):
        do(world, answer_opinion, stranger, key, text="晚了")
    sound(world)


def test_a_return_closes_what_was_asked(world, desk) -> None:
    task, holder, _, stranger = desk
    do(world, ask_opinion, holder, task.task_key, "cosign", [stranger.account_key], text="请核")
    with reading(world.engine) as connection:
        to = connection.execute(
            select(t.task.c.task_key).where(t.task.c.element_id == "review_scheme")
        ).scalar_one()
    do(world, return_task, holder, task.task_key, to, reason="方案要改")
    with reading(world.engine) as connection:
        assert asked_of(connection, stranger) == []
    sound(world)


def test_reading_copy_with_receipt(world, desk) -> None:
    task, holder, colleague, stranger = desk
    do(world, copy_task, holder, task.task_key, [stranger.account_key], text="请知悉")
    with reading(world.engine) as connection:
        ((row, step),) = copies_for(connection, stranger)
    assert (row.text, step, row.read_at) == ("请知悉", "县财政局审核意见", None)
    with pytest.raises(NotFound):
        do(world, read_copy, colleague, row.copy_key)
    do(world, read_copy, stranger, row.copy_key)
    do(world, read_copy, stranger, row.copy_key)
    with reading(world.engine) as connection:
        ((row, _),) = copies_for(connection, stranger)
    assert row.read_at is not None
    sound(world)


def test_urge_once_a_day(world, desk) -> None:
    task, _, _, stranger = desk
    applicant = world.of_unit("县民政局")
    do(world, urge_task, applicant, task.task_key, text="市里要求月底前报")
    with pytest.raises(Conflict, match="今天已经催办过"):
        do(world, urge_task, applicant, task.task_key)
    if stranger.unit_id not in stranger.groups:  # takes no part in the project
        with pytest.raises(NotFound):
            do(world, urge_task, stranger, task.task_key)
    world.now += timedelta(days=1)
    do(world, urge_task, applicant, task.task_key)
    assert lines(world).count("催办“县财政局审核意见”") == 2
    sound(world)


def test_the_applicant_withdraws_before_the_first_review_only(world) -> None:
    applicant = world.of_unit("县民政局")
    with pytest.raises(Conflict, match="不能再撤销"):
        do(world, cancel_project, applicant, world.project_key(), reason="不建了")
    started = do(world, start_instance, applicant, "project_lifecycle")
    other = world.of_unit("water")
    with pytest.raises(Refused):
        do(world, cancel_project, other, started.project_key, reason="不是我的")
    with pytest.raises(Refused, match="请填写撤销理由"):
        do(world, cancel_project, applicant, started.project_key, reason="")
    do(world, cancel_project, applicant, started.project_key, reason="经费没有落实")
    with reading(world.engine) as connection:
        status = connection.execute(
            select(t.project.c.status).where(t.project.c.project_key == started.project_key)
        ).scalar_one()
        open_ = open_tasks(world, started.project_key)
    assert (status, open_) == ("已撤销", [])
    with pytest.raises(Refused, match="没有在办的流程"):
        do(world, cancel_project, applicant, started.project_key, reason="再一次")
    sound(world)


def test_own_lists(world, desk) -> None:
    task, holder, _, stranger = desk
    do(world, save_draft, holder, task.task_key, {"leader": "周"})
    do(world, follow_project, holder, world.project_key(), wanted=True)
    with reading(world.engine) as connection:
        assert [step for _, step in drafts_of(connection, holder)] == ["县财政局审核意见"]
        assert [p.project_key for p in followed(connection, holder)] == [world.project_key()]
        assert who_may_take(connection, world.definition, holder, row_of(world, task.task_key))
    do(world, follow_project, holder, world.project_key(), wanted=False)
    with reading(world.engine) as connection:
        assert followed(connection, holder) == []
    nobody = dataclasses.replace(stranger, groups=frozenset(), unit_id="nowhere")
    with pytest.raises(NotFound):
        do(world, follow_project, nobody, world.project_key(), wanted=True)


def test_claim_is_still_one_of_those(world, desk) -> None:
    task, holder, colleague, _ = desk
    do(world, claim_task, colleague, task.task_key)
    with pytest.raises(NotAllowed, match="乔丽签收"):
        do(world, entrust_task, holder, task.task_key, colleague.account_key, reason="委托")
