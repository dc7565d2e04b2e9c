"""Time limits in working days: holidays, standing still while the applicant corrects, never early."""

import dataclasses
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select

from service.commands.fire_timer import fire_timer
from service.config import project_root
from service.jobs.remind_due import remind_due
from service.jobs.run_due import run_due
from service.queries.rebuild import differences
from service.regulation.dates import local_date
from service.scenarios.acts import complete, move_clock
from service.scenarios.stands import world_after
from service.scenarios.story import read_story
from service.scenarios.world import World
from service.store import tables as t
from service.store.session import begin, reading

CORRECTION = (
    "joint_review/info_center_opinion",
    "joint_review/drc_opinion",
    "joint_review/finance_opinion",
)


@pytest.fixture
def world(place: str) -> Iterator[World]:
    story = read_story(project_root() / "processes/scenarios/S01.yaml")
    first = next(i for i, s in enumerate(story.steps) if s.verb == "parallel")
    last = max(i for i, s in enumerate(story.steps[:first]) if s.verb == "at")
    made = world_after(place, project_root(), dataclasses.replace(story, steps=story.steps[:last]))
    yield made
    made.close()


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}T10:00+08:00")


def dues(world: World) -> dict[str, date | None]:
    with reading(world.engine) as connection:
        rows: list[Any] = list(connection.execute(select(t.task).where(t.task.c.status == "open")))
    return {row.element_id: row.due_at and local_date(row.due_at) for row in rows}


def do(world: World, path: str, day: str, **values: Any) -> None:
    list(move_clock(world, at(day)))
    complete(world, path, {"with": values} if values else {})


def overdue_on(world: World, element_id: str) -> date:
    with reading(world.engine) as connection:
        query = select(t.due_timer.c.due_at).where(t.due_timer.c.element_id == element_id)
        return local_date(connection.execute(query).scalar_one())


def back_at_opinions(world: World, corrected: str) -> None:
    """The correction and what follows it, up to the three opinions."""
    do(world, "declaration_review/amend_declaration", corrected)
    do(world, "declaration_review/check_eligibility", corrected)
    do(world, "declaration_review/review_scheme", corrected)
    do(world, "declaration_review/give_expert_opinion", corrected)


def test_the_limit_is_counted_in_working_days(world: World) -> None:
    opened = local_date(world.now)
    assert opened == date(2025, 3, 5)
    assert set(dues(world).values()) == {date(2025, 3, 12)}
    assert overdue_on(world, "finance_overdue") == date(2025, 3, 13)


def test_the_clock_stands_still_while_the_applicant_corrects(world: World) -> None:
    """Who has used two of five days has three left afterwards, however long the correction took."""
    do(world, CORRECTION[0], "2025-03-06")
    do(world, CORRECTION[1], "2025-03-07")
    do(world, CORRECTION[2], "2025-03-12")  # on the last day: nothing left
    do(world, "joint_review/write_joint_opinion", "2025-03-12", joint_result="amend")
    assert dues(world) == {"amend_declaration": None}
    back_at_opinions(world, "2025-04-01")
    assert dues(world) == {
        "info_center_opinion": date(2025, 4, 8),  # 4 left; 4 April is free
        "drc_opinion": date(2025, 4, 7),  # 3 left: 2, 3 and 7 April
        "finance_opinion": date(2025, 4, 1),
    }
    assert overdue_on(world, "drc_overdue") == date(2025, 4, 8)
    with reading(world.engine) as connection:
        assert differences(connection) == []


def test_a_second_correction_goes_on_from_what_was_left_then(world: World) -> None:
    for path in CORRECTION:
        do(world, path, "2025-03-06")
    do(world, "joint_review/write_joint_opinion", "2025-03-06", joint_result="amend")
    back_at_opinions(world, "2025-03-10")
    assert set(dues(world).values()) == {date(2025, 3, 14)}
    for path in CORRECTION:
        do(world, path, "2025-03-11")
    do(world, "joint_review/write_joint_opinion", "2025-03-11", joint_result="amend")
    back_at_opinions(world, "2025-03-20")
    assert set(dues(world).values()) == {date(2025, 3, 25)}
    with reading(world.engine) as connection:
        assert differences(connection) == []


def test_a_worker_that_was_down_fires_late_and_nothing_early(world: World) -> None:
    """A minute before its time nothing fires, whoever asks; days later it fires once."""
    with reading(world.engine) as connection:
        due = connection.execute(select(t.due_timer.c.due_at)).scalars().first()
    assert due == datetime(2025, 3, 12, 16, tzinfo=UTC)
    early = datetime(2025, 3, 12, 15, 59, tzinfo=UTC)
    assert run_due(world.engine, now=early).fired == []
    with begin(world.engine) as connection:
        assert fire_timer(connection, now=early) is None
    late = run_due(world.engine, now=datetime(2025, 3, 20, tzinfo=UTC))
    assert len(late.fired) == 3
    assert run_due(world.engine, now=datetime(2025, 3, 21, tzinfo=UTC)).fired == []
    assert set(dues(world)) == {path.partition("/")[2] for path in CORRECTION}  # nobody approved


def test_a_clock_that_jumps_back_opens_nothing(world: World) -> None:
    run_due(world.engine, now=datetime(2025, 3, 12, 17, tzinfo=UTC))
    before = dues(world)
    assert run_due(world.engine, now=datetime(2025, 1, 1, tzinfo=UTC)).fired == []
    assert dues(world) == before
    with reading(world.engine) as connection:
        assert differences(connection) == []


def notices(world: World) -> list[tuple[str, str]]:
    """(name, group) of each notice that somebody was sent, in order."""
    with reading(world.engine) as connection:
        query = (
            select(t.notice.c.name, t.notice_to.c.group_id)
            .join(t.notice_to, t.notice_to.c.notice_key == t.notice.c.notice_key)
            .order_by(t.notice.c.at, t.notice.c.name, t.notice_to.c.group_id)
        )
        return [(row.name, row.group_id) for row in connection.execute(query)]


def test_units_are_reminded_before_and_the_centre_told_after(world: World) -> None:
    """Each reminder goes once, however often the job runs; nobody is approved by it."""
    remind_due(world.engine, now=at("2025-03-07"))
    assert notices(world) == []
    for _ in range(2):
        remind_due(world.engine, now=at("2025-03-11"))
    soon = [("due_soon", g) for g in ("drc", "finance_bureau", "info_center")]
    assert notices(world) == soon
    run_due(world.engine, now=at("2025-03-13"))  # the drawn timers
    for _ in range(2):
        remind_due(world.engine, now=at("2025-03-13"))
    after = notices(world)[3:]
    assert [n for n in after if n[0] == "escalated"] == [("escalated", "info_center")] * 3
    drawn = [g for name, g in after if name == "review_overdue"]
    assert sorted(drawn) == ["drc", "finance_bureau", *["info_center"] * 3]
    assert not [n for n in after if n[0] == "overdue"]  # the diagram tells them already
    assert len(dues(world)) == 3
    with reading(world.engine) as connection:
        assert differences(connection) == []


def test_nobody_is_told_early_when_the_clock_jumps(world: World) -> None:
    remind_due(world.engine, now=at("2025-01-02"))
    assert notices(world) == []
    do(world, CORRECTION[0], "2025-03-06")
    remind_due(world.engine, now=at("2025-03-20"))
    assert ("due_soon", "info_center") not in notices(world)  # done in time: not told
