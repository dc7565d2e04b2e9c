"""Opinions side by side: who has said what in which round, who has not, what a return took back."""

from datetime import timedelta

import pytest

from service.commands.return_task import return_task
from service.definitions import newest_definition
from service.queries.board import Board
from service.queries.boards import boards_of
from service.queries.joint_tasks import conclusion_of, joint_tasks
from service.scenarios import acts
from service.scenarios.looks import open_tasks
from service.store.session import begin, reading
from tests.commands.stand import at_opinions
from tests.commands.test_return_task import OPINIONS, last_done

UNITS = ["县信息中心", "县发改局", "县财政局"]


@pytest.fixture
def world(tmp_path):
    made = at_opinions(f"sqlite:///{tmp_path / 'boards.sqlite3'}")
    yield made
    made.close()


def board(world) -> Board:
    with reading(world.engine) as connection:
        (found,) = boards_of(connection, world.project_key())
    return found


def say(world, step: str, **given: object) -> None:
    acts.complete(world, f"joint_review/{step}", {"with": given})
    world.now += timedelta(minutes=1)


def back(world, from_step: str, to_step: str) -> None:
    task = next(
        k for k in open_tasks(world, world.project_key()) if k.path.endswith(f"/{from_step}")
    )
    actor = world.acting(None, task.group_id, world.project_key())
    with begin(world.engine) as connection:
        return_task(
            connection,
            actor,
            task.task_key,
            last_done(world, to_step),
            reason="请核对。",
            now=world.now,
        )
    world.now += timedelta(minutes=1)


def test_which_tasks_stand_beside_each_other(world) -> None:
    with reading(world.engine) as connection:
        definition = newest_definition(connection)
    found = {
        p.id: groups
        for p in definition.processes.values()
        if (groups := joint_tasks(definition, p))
    }
    assert found == {
        "joint_review": [("info_center_opinion", "drc_opinion", "finance_opinion")],
        "preliminary_acceptance": [("sign_member_opinion",)],
        "final_acceptance": [("sign_member_opinion",)],
        "setting_change": [("cosign_change",)],
        "annual_plan": [("file_items",)],  # belongs to no project, so no page shows it
    }
    element = definition.element("joint_review", "finance_opinion")
    form = definition.forms[element.form_id]
    # of its three choices the one that decides
    assert conclusion_of(form, element) is form.fields["conclusion"]


def test_who_has_said_what_and_who_has_not(world) -> None:
    asked = board(world)
    assert asked.name == "联合审核" and len(asked.rounds) == 1
    assert [o.unit for o in asked.now] == UNITS
    assert [o.unit for o in asked.missing] == UNITS
    assert all(o.due_at and o.since for o in asked.now)
    say(world, "drc_opinion", conclusion="agree", opinion="符合规划。")
    say(world, "finance_opinion", conclusion="disagree", opinion="概算偏高。")
    met = board(world)
    assert [o.unit for o in met.missing] == ["县信息中心"]
    assert met.conclusions == {"同意": ["县发改局"], "不同意": ["县财政局"]}
    drc, finance = met.now[1], met.now[2]
    assert (drc.conclusion, drc.weight) == ("同意", 0)
    assert (finance.conclusion, finance.weight) == ("不同意", 2)
    assert ("理由", "概算偏高。") in finance.text
    assert [label for label, _ in finance.text] == ["评审金额", "理由"]
    assert drc.person == world.people["drc"].name and drc.at
    say(world, "info_center_opinion", conclusion="agree_with_changes", opinion="补充共享目录。")
    assert board(world).now[0].weight == 1


def test_one_says_it_again_what_the_others_said_stands(world) -> None:
    for step in OPINIONS:
        say(world, step, conclusion="agree")
    back(world, "write_joint_opinion", "drc_opinion")
    again = board(world)
    assert [(o.unit, o.state, o.round) for o in again.now] == [
        ("县信息中心", "given", 1),
        ("县发改局", "open", 2),
        ("县财政局", "given", 1),
    ]
    assert not again.rounds[1].whole
    assert not any(o.undone for o in again.now if o.state == "given")
    say(world, "drc_opinion", conclusion="agree", opinion="再看过。")
    done = board(world)
    assert done.missing == [] and list(done.conclusions) == ["同意"]
    assert [len(r.opinions) for r in done.rounds] == [3, 1]
    assert done.unit_of(("drc_opinion", "")) == "县发改局"


def test_what_a_return_took_back_is_told_until_all_are_asked_anew(world) -> None:
    say(world, "drc_opinion", conclusion="agree")
    back(world, "finance_opinion", "fill_technical")
    gone = board(world)
    assert [(o.state, o.undone) for o in gone.now] == [
        ("closed", False),
        ("given", True),
        ("closed", False),
    ]
    assert gone.conclusions == {}
    for path in (
        "project_declaration/fill_technical",
        "project_declaration/confirm_declaration",
        "project_declaration/accept_declaration",
        "declaration_review/check_eligibility",
        "declaration_review/review_scheme",
        "declaration_review/give_expert_opinion",
    ):
        acts.complete(world, path, {})
    anew = board(world)
    assert [r.whole for r in anew.rounds] == [True, True]
    assert [o.unit for o in anew.missing] == UNITS
    assert anew.rounds[0].opinions[("drc_opinion", "")].undone
