"""A year of the calendar is kept by one unit, with reasons, and replayed as it then was."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import delete, select

from service.commands.set_calendar_year import set_calendar_year
from service.config import project_root
from service.definitions import in_force, newest_definition
from service.model.errors import NotAllowed, Refused
from service.queries.rebuild import differences
from service.regulation.calendar import Calendar, Day
from service.scenarios.stands import open_world
from service.scenarios.world import World
from service.store import history
from service.store import tables as t
from service.store.session import begin, reading

NOW = datetime(2026, 11, 10, 2, tzinfo=UTC)
DAYS = [Day(date(2027, 1, 1), False, "元旦"), Day(date(2027, 2, 20), True, "春节调休上班")]


@pytest.fixture
def world(place: str) -> Iterator[World]:
    made = open_world(place, project_root())
    yield made
    made.close()


def publish(
    world: World, days: list[Day] = DAYS, by: str = "info_center", reason: str = "通知已公布"
) -> None:
    with begin(world.engine) as connection:
        set_calendar_year(
            connection,
            world.of_unit(by),
            2027,
            days,
            source="国办发明电〔2026〕9号",
            provisional=False,
            reason=reason,
            now=NOW,
        )


def calendar(world: World) -> Calendar:
    with reading(world.engine) as connection:
        return in_force(connection, newest_definition(connection), NOW).calendar


def test_a_published_year_takes_the_place_of_the_provisional_one(world: World) -> None:
    assert calendar(world).is_provisional(date(2027, 2, 8))
    assert not calendar(world).is_working_day(date(2027, 2, 8))  # reckoned
    publish(world)
    after = calendar(world)
    assert not after.is_provisional(date(2027, 2, 8))
    assert after.is_working_day(date(2027, 2, 8))  # not in the notice of this test
    assert after.is_working_day(date(2027, 2, 20))
    assert not after.is_working_day(date(2026, 10, 1))  # other years stay
    with reading(world.engine) as connection:
        (event,) = [e for e in history.read(connection) if e.act == "set_year"]
        assert event.body["reason"] == "通知已公布"
        assert ["2027-02-20", False, True] in event.body["changes"]
        assert differences(connection) == []


def test_the_last_version_counts_and_each_stays_in_the_log(world: World) -> None:
    publish(world)
    publish(world, [*DAYS, Day(date(2027, 5, 3), False, "劳动节")])
    assert not calendar(world).is_working_day(date(2027, 5, 3))
    with reading(world.engine) as connection:
        assert len([e for e in history.read(connection) if e.act == "set_year"]) == 2
        assert differences(connection) == []


def test_who_does_not_keep_it_only_reads(world: World) -> None:
    with pytest.raises(NotAllowed, match="县信息中心"):
        publish(world, by="finance_bureau")


@pytest.mark.parametrize(
    ("days", "reason", "words"),
    [
        (DAYS, " ", "理由"),
        ([Day(date(2028, 1, 3), False, "元旦")], "x", "不在2027年"),
        ([DAYS[0], DAYS[0]], "x", "两次"),
    ],
)
def test_what_is_refused(world: World, days: list[Day], reason: str, words: str) -> None:
    with pytest.raises(Refused, match=words):
        publish(world, days, reason=reason)
    assert calendar(world).is_provisional(date(2027, 1, 1))


def test_saving_the_same_again_changes_nothing(world: World) -> None:
    publish(world)
    with pytest.raises(Refused, match="没有变化"):
        publish(world)


def test_a_row_behind_the_log_is_told(world: World) -> None:
    publish(world)
    with begin(world.engine) as connection:
        connection.execute(delete(t.calendar_day).where(t.calendar_day.c.working))
        assert connection.execute(select(t.calendar_day)).all()
    with reading(world.engine) as connection:
        assert any("calendar_day" in words for words in differences(connection))
