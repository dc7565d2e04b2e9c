"""退回 to one member of several who sign beside each other: he alone signs again, what the others said stands."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from service.commands.return_task import return_task
from service.config import project_root
from service.queries.board import Board
from service.queries.boards import boards_of
from service.queries.rebuild import differences
from service.queries.ways_back import offers_from
from service.scenarios import acts
from service.scenarios.looks import open_tasks
from service.scenarios.stands import open_world
from service.scenarios.story import read_story
from service.scenarios.world import World
from service.store import tables as t
from service.store.session import begin, reading

MEMBERS = [
    "project_owner",
    "contractor",
    "designer",
    "supervisor",
    "quality_inspector",
    "user_unit",
]
SIGN = "preliminary_acceptance/sign_member_opinion"


@pytest.fixture
def world(place: str):
    """The acceptance group has been named; six units have to sign."""
    root = project_root()
    story = read_story(root / "processes/scenarios/preliminary_group_and_organiser.yaml")
    made = open_world(place, root, story)
    acts.complete(made, "preliminary_acceptance/organise_preliminary", {})
    yield made
    made.close()


def members_asked(world: World) -> list[str]:
    """Groups of the members whose signature is open."""
    return sorted(
        k.group_id for k in open_tasks(world, world.project_key()) if k.path.startswith(SIGN)
    )


def sign(world: World, member: str, **given: Any) -> None:
    acts.complete(world, SIGN, {"for": member, "with": given})
    world.now += timedelta(minutes=1)


def offers(world: World) -> dict[str, str]:
    """Group → task that the organiser may return to, of the members' signatures."""
    (task,) = open_tasks(world, world.project_key())
    with reading(world.engine) as connection:
        row = connection.execute(select(t.task).where(t.task.c.task_key == task.task_key)).one()
        found = offers_from(connection, row, world.element(task.path))
        ways = [o.way for o in found if o.way.element.id == "sign_member_opinion"]
        groups = dict(connection.execute(select(t.task.c.task_key, t.task.c.group_id)).all())
    assert all(o.unit and o.unit != o.way.member for o in found if o.way.member)  # by name
    return {groups[w.task_key]: w.task_key for w in ways}


def back_to(world: World, member: str) -> None:
    (task,) = open_tasks(world, world.project_key())
    actor = world.acting(None, task.group_id, world.project_key())
    with begin(world.engine) as connection:
        return_task(
            connection, actor, task.task_key, offers(world)[member],
            reason="签字与会议纪要不一致。", now=world.now,
        )  # fmt: skip
    world.now += timedelta(minutes=1)


def board(world: World) -> Board:
    with reading(world.engine) as connection:
        assert differences(connection) == []
        return boards_of(connection, world.project_key())[0]


def test_one_member_signs_again(world: World) -> None:
    for member in MEMBERS:
        assert member in members_asked(world)
        sign(world, member)
    assert members_asked(world) == []
    assert set(offers(world)) == set(MEMBERS)
    for number, member in enumerate(("designer", "contractor", "designer"), 2):
        back_to(world, member)
        assert members_asked(world) == [member]  # nobody else is asked again
        now = board(world)
        assert [(o.state, o.round) for o in now.missing] == [("open", number)]
        assert len(now.now) == 6
        assert len([o for o in now.now if o.state == "given" and not o.undone]) == 5
        sign(world, member, conclusion="pass_with_issues" if number == 3 else "pass")
        (task,) = open_tasks(world, world.project_key())
        assert task.path.endswith("/summarise_opinion")
    now = board(world)
    assert len(now.rounds) == 4 and [r.whole for r in now.rounds] == [True, False, False, False]
    assert sorted(o.round for o in now.now) == [1, 1, 1, 1, 3, 4]
    acts.complete(
        world, "preliminary_acceptance/summarise_opinion", {"with": {"prelim_result": "pass"}}
    )
    board(world)


def test_a_member_sends_all_back_before_the_others_have_signed(world: World) -> None:
    """From a member's branch to before the split: the other signatures are closed, and asked for anew."""
    sign(world, "contractor")
    sign(world, "supervisor")
    tasks = {k.group_id: k for k in open_tasks(world, world.project_key())}
    leaving = tasks["designer"]
    with reading(world.engine) as connection:
        row = connection.execute(select(t.task).where(t.task.c.task_key == leaving.task_key)).one()
        found = offers_from(connection, row, world.element(leaving.path))
    to = next(o.way.task_key for o in found if o.way.element.id == "organise_preliminary")
    actor = world.acting(None, "designer", world.project_key())
    with begin(world.engine) as connection:
        return_task(
            connection, actor, leaving.task_key, to, reason="缺质检机构人员。", now=world.now
        )
    (task,) = open_tasks(world, world.project_key())
    assert task.path.endswith("/organise_preliminary")
    states = {o.unit: (o.state, o.undone) for o in board(world).now}
    assert sorted(states.values()) == [("closed", False)] * 4 + [("given", True)] * 2
    world.now += timedelta(minutes=1)
    acts.complete(world, "preliminary_acceptance/organise_preliminary", {})
    assert members_asked(world) == sorted(MEMBERS)
    for member in MEMBERS:
        sign(world, member)
    now = board(world)
    assert [len(r.opinions) for r in now.rounds] == [6, 6]
    assert all(o.state == "given" and o.round == 2 and not o.undone for o in now.now)
