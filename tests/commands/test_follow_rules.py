"""Time limits of open tasks and the timers that watch them follow a setting as soon as it is in force."""

import dataclasses
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import select

from service.config import project_root
from service.jobs.follow_changes import follow_changes
from service.jobs.run_due import run_due
from service.queries.rebuild import differences
from service.regulation.dates import local_date
from service.scenarios.acts import move_clock
from service.scenarios.settings import set_settings
from service.scenarios.stands import world_after
from service.scenarios.story import read_story
from service.scenarios.world import World
from service.store import tables as t
from service.store.session import reading

OPINIONS = {"info_center_opinion", "drc_opinion", "finance_opinion"}


@pytest.fixture
def world(place: str) -> Iterator[World]:
    """A project whose three opinions were asked for on Wednesday 2025-03-05, five working days each."""
    story = read_story(project_root() / "processes/scenarios/S01.yaml")
    first = next(i for i, s in enumerate(story.steps) if s.verb == "parallel")
    last = max(i for i, s in enumerate(story.steps[:first]) if s.verb == "at")
    made = world_after(place, project_root(), dataclasses.replace(story, steps=story.steps[:last]))
    yield made
    made.close()


def dues(world: World) -> set[date]:
    with reading(world.engine) as connection:
        rows: list[Any] = list(
            connection.execute(select(t.task).where(t.task.c.element_id.in_(OPINIONS)))
        )
    assert len(rows) == 3
    return {local_date(row.due_at) for row in rows}


def overdue_timers(world: World) -> set[date]:
    with reading(world.engine) as connection:
        rows = connection.execute(select(t.due_timer.c.due_at))
        return {local_date(row.due_at) for row in rows}


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}T10:00+08:00")


def test_limits_and_their_timers_move_and_the_log_says_so(world: World) -> None:
    assert dues(world) == {date(2025, 3, 12)}
    list(move_clock(world, at("2025-03-06")))
    assert follow_changes(world.engine, now=world.now, always=True) == []
    list(set_settings(world, {"review_days": 7}))
    assert len(follow_changes(world.engine, now=world.now)) == 1
    assert dues(world) == {date(2025, 3, 14)}  # as from the day on which they were asked for
    assert overdue_timers(world) == {date(2025, 3, 15)}
    assert follow_changes(world.engine, now=world.now) == []  # a second time nothing moves
    with reading(world.engine) as connection:
        assert list(differences(connection)) == []  # the rows can be rebuilt from the log


def test_a_shorter_limit_that_has_passed_reminds_at_once(world: World) -> None:
    list(move_clock(world, at("2025-03-11")))
    list(set_settings(world, {"review_days": 2}))
    follow_changes(world.engine, now=world.now)
    assert dues(world) == {date(2025, 3, 7)}
    fired = run_due(world.engine, now=world.now)
    assert {one.element_name for one in fired.fired} == {"信息中心超期", "发改局超期", "财政局超期"}


def test_nothing_is_looked_at_when_nothing_was_changed_lately(world: World) -> None:
    list(set_settings(world, {"review_days": 7}))
    later = at("2025-03-10")
    assert follow_changes(world.engine, now=later) == []
    assert dues(world) == {date(2025, 3, 12)}
    assert len(follow_changes(world.engine, now=later, always=True)) == 1
