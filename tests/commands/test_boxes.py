"""办结 and 我发起的: an instance is there for who started it, and for all who did something in it once it is over."""

import dataclasses
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from service.commands.cancel_project import cancel_project
from service.commands.keep_filter import MOST, drop_filter, keep_filter
from service.config import project_root
from service.model.errors import NotFound, Refused
from service.queries.box_orders import Asked
from service.queries.instance_boxes import instance_box, instance_counts
from service.queries.own_lists import saved_filters
from service.queries.rebuild import differences
from service.scenarios.runner import run_story
from service.scenarios.stands import open_world
from service.scenarios.story import read_story
from service.scenarios.world import World
from service.store import tables as t
from service.store.session import begin, reading

STORIES = project_root() / "processes/scenarios"


@pytest.fixture
def world(place: str) -> Iterator[World]:
    made = open_world(place, project_root())
    yield made
    made.close()


def boxes(world: World, unit: str, search: str = "") -> dict[str, list[tuple[str, str]]]:
    """(name of the process, status) in both boxes of a unit's person."""
    actor = world.people[unit]
    with reading(world.engine) as connection:
        found = {
            box: [
                (row.process, row.status)
                for row in instance_box(connection, actor, box, asked=Asked(search)).rows
            ]
            for box in ("closed", "started")
        }
        if not search:
            assert instance_counts(connection, actor) == {n: len(r) for n, r in found.items()}
    return found


def test_who_started_it_and_who_took_part(world: World) -> None:
    story = read_story(STORIES / "setting_change_cosigned.yaml")
    whole, first, last = story.steps, story.steps[:-2], story.steps[-2:]
    assert run_story(dataclasses.replace(story, steps=first), world).ok
    name = "设置变更"
    assert boxes(world, "finance_bureau")["closed"] == []
    assert boxes(world, "drc")["closed"] == []  # one of two has signed: it is not over
    outcome = run_story(dataclasses.replace(story, steps=last), world)
    assert outcome.ok and len(whole) == len(first) + 2, outcome.difference
    ((process, status),) = boxes(world, "finance_bureau")["started"]
    assert status == "completed" and name in process
    for unit in ("finance_bureau", "drc", "info_center"):
        assert boxes(world, unit)["closed"] == [(process, "completed")]
        assert boxes(world, unit, name)["closed"] == [(process, "completed")]
        assert boxes(world, unit, "没有")["closed"] == []
    for unit in ("drc", "info_center"):
        assert boxes(world, unit)["started"] == []
    assert boxes(world, "water") == {"closed": [], "started": []}
    with reading(world.engine) as connection:
        assert differences(connection) == []
        closed = select(t.task.c.closed_at).where(t.task.c.closed_at.is_not(None))
        ended = connection.execute(select(t.instance.c.ended_at)).scalar_one()
        assert connection.execute(closed).scalars().all() == [ended] * 3


def test_a_cancelled_project_is_over_too(world: World) -> None:
    """Who has done nothing in it has nothing in 办结; who has, once, by the last thing he did."""
    story = read_story(STORIES / "S01.yaml")
    first = next(
        i for i, s in enumerate(story.steps) if str(s.value).endswith("/accept_declaration")
    )
    steps = story.steps[:first]
    assert run_story(dataclasses.replace(story, steps=steps), world).ok
    owner = world.people["civil_affairs"]
    ((process, status),) = boxes(world, "civil_affairs")["started"]
    assert status == "running"
    assert boxes(world, "civil_affairs")["closed"] == []
    with begin(world.engine) as connection:
        cancel_project(connection, owner, world.project_key(), reason="不办了", now=world.now)
    assert boxes(world, "civil_affairs") == {
        "closed": [(process, "cancelled")],
        "started": [(process, "cancelled")],
    }
    with reading(world.engine) as connection:
        assert differences(connection) == []


def test_saved_filters_are_ones_own(tmp_path: Path) -> None:
    world = open_world(f"sqlite:///{tmp_path / 'own.sqlite3'}", project_root())
    now = datetime.fromisoformat("2026-03-01T10:00+08:00")
    me, other = world.people["drc"], world.people["finance_bureau"]
    late = {"box": "todo", "due": "late"}
    with begin(world.engine) as connection:
        keep_filter(connection, me, "inbox", " 逾期 的 ", late, now=now)
        keep_filter(connection, me, "ledger", "逾期 的", {"overdue": "1"}, now=now)
        assert saved_filters(connection, me, "inbox") == {"逾期 的": late}
        assert saved_filters(connection, other, "inbox") == {}
        keep_filter(connection, me, "inbox", "逾期 的", {"q": "民政"}, now=now)  # replaces
        assert saved_filters(connection, me, "inbox") == {"逾期 的": {"q": "民政"}}
        with pytest.raises(NotFound):
            drop_filter(connection, other, "inbox", "逾期 的")
        for place, name, asked, words in (
            ("inbox", "", late, "起个名字"),
            ("inbox", "长" * 21, late, "起个名字"),
            ("inbox", "空", {}, "先筛选"),
            ("inbox", "大", {"q": "大" * 2000}, "先筛选"),
        ):
            with pytest.raises(Refused, match=words):
                keep_filter(connection, me, place, name, asked, now=now)
        with pytest.raises(NotFound):
            keep_filter(connection, me, "elsewhere", "名", late, now=now)
        for n in range(MOST - 1):
            keep_filter(connection, me, "inbox", f"第{n}个", late, now=now)
        with pytest.raises(Refused, match="最多"):
            keep_filter(connection, me, "inbox", "又一个", late, now=now)
        drop_filter(connection, me, "inbox", "逾期 的")
        keep_filter(connection, me, "inbox", "又一个", late, now=now)
        assert len(saved_filters(connection, me, "inbox")) == MOST
    world.close()
