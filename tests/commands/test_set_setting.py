"""A setting is changed by three units and no other way; what was evaluated is replayed as it then was."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, update

from service.commands.complete_task import complete_task
from service.commands.deploy import deploy
from service.commands.start_instance import start_instance
from service.config import project_root
from service.definitions import in_force, newest_definition
from service.model.actor import Actor
from service.model.bundle import Bundle, read_bundle
from service.model.errors import BadInput, NotAllowed, NotFound, Refused
from service.queries.rebuild import differences
from service.scenarios.stands import open_world
from service.scenarios.world import World
from service.store import tables as t
from service.store.session import begin, reading

BEGUN = datetime(2026, 3, 2, 2, tzinfo=UTC)
PROPOSAL = {
    "setting_id": "review_days",
    "new_value": "7",
    "effective_on": "2026-03-10",
    "file_no": "眉信发〔2026〕3号",
    "change_reason": "材料多，五个工作日不够。",
}


@pytest.fixture
def world(place: str) -> Iterator[World]:
    made = open_world(place, project_root())
    made.now = BEGUN
    yield made
    made.close()


def open_tasks(world: World) -> list[Any]:
    with reading(world.engine) as connection:
        query = select(t.task).where(t.task.c.status == "open").order_by(t.task.c.member)
        return list(connection.execute(query))


def propose(world: World, by: str = "info_center", **changed: str) -> None:
    with begin(world.engine) as connection:
        process = newest_definition(connection).settings_changed_by
        assert process
        start_instance(connection, world.of_unit(by), process, now=world.now)
    (task,) = open_tasks(world)
    with begin(world.engine) as connection:
        values = {**PROPOSAL, **changed}
        complete_task(connection, world.of_unit(by), task.task_key, values, now=world.now)


def cosign(world: World, by: Actor, group: str, opinion: str = "agree") -> None:
    (task,) = [row for row in open_tasks(world) if row.group_id == group]
    values = {"cosign": opinion, "cosign_opinion": "意见"}
    with begin(world.engine) as connection:
        complete_task(connection, by, task.task_key, values, now=world.now)


def change(world: World, **changed: str) -> None:
    propose(world, **changed)
    for unit in ("drc", "finance_bureau"):
        cosign(world, world.of_unit(unit), unit)


def value(world: World, name: str, on: date) -> Any:
    moment = datetime(on.year, on.month, on.day, 4, tzinfo=UTC)
    with reading(world.engine) as connection:
        return in_force(connection, newest_definition(connection), moment).setting_values[name]


def test_three_units_change_a_setting_from_its_day_on(world: World) -> None:
    change(world)
    assert value(world, "review_days", date(2026, 3, 9)) == Decimal(5)
    assert value(world, "review_days", date(2026, 3, 10)) == Decimal(7)
    with reading(world.engine) as connection:
        (row,) = connection.execute(select(t.setting_value)).all()
        assert (row.reason, row.file_no) == (PROPOSAL["change_reason"], PROPOSAL["file_no"])
        assert [name in row.signed for name in ("县信息中心", "县发改局", "县财政局")] == [True] * 3
        assert differences(connection) == []


@pytest.mark.parametrize("by", ["info_center", "drc", "finance_bureau"])
def test_any_of_the_three_proposes_and_the_other_two_cosign(world: World, by: str) -> None:
    propose(world, by)
    others = {"info_center", "drc", "finance_bureau"} - {by}
    assert {row.group_id for row in open_tasks(world)} == others
    for unit in sorted(others):
        cosign(world, world.of_unit(unit), unit)
    assert value(world, "review_days", date(2026, 3, 10)) == Decimal(7)


def test_nothing_changes_before_both_have_signed(world: World) -> None:
    propose(world)
    cosign(world, world.of_unit("drc"), "drc")
    assert value(world, "review_days", date(2027, 1, 1)) == Decimal(5)
    cosign(world, world.of_unit("finance_bureau"), "finance_bureau", "disagree")
    assert value(world, "review_days", date(2027, 1, 1)) == Decimal(5)
    assert open_tasks(world) == []


def test_no_other_unit_proposes_or_cosigns(world: World) -> None:
    with begin(world.engine) as connection, pytest.raises(NotAllowed, match="县财政局"):
        process = newest_definition(connection).settings_changed_by
        assert process
        start_instance(connection, world.of_unit("audit_bureau"), process, now=world.now)
    propose(world)
    with pytest.raises(NotFound):
        cosign(world, world.of_unit("leading_group"), "drc")


def test_one_person_of_two_units_does_not_sign_twice(world: World) -> None:
    """An account that holds the groups of two units is still one person."""
    propose(world)
    person = world.of_unit("drc")
    both = Actor(
        person.account_key, person.name, "drc", "县发改局", "", frozenset({"drc", "finance_bureau"})
    )
    cosign(world, both, "drc")
    with pytest.raises(Refused, match="不同人员"):
        cosign(world, both, "finance_bureau")
    assert value(world, "review_days", date(2027, 1, 1)) == Decimal(5)


@pytest.mark.parametrize(
    ("changed", "clause", "words"),
    [
        ({"setting_id": "trial_min_months", "new_value": "2"}, "19.1.14", "不得少于3个月"),
        ({"setting_id": "warranty_min_months", "new_value": "35"}, "25.1.5", "不得少于三年"),
        ({"setting_id": "review_days", "new_value": "0"}, "28.1.1", "低于这个设置的下限"),
        ({"setting_id": "review_days", "new_value": "61"}, "28.1.1", "高于这个设置的上限"),
        ({"setting_id": "review_days", "new_value": "七"}, "28.1.1", "写法不对"),
        ({"setting_id": "review_days", "new_value": "5.0"}, "28.1.1", "与现行值相同"),
        ({"effective_on": "2026-03-01"}, "28.1.1", "不溯及既往"),
    ],
)
def test_what_is_refused_quotes_its_clause(
    world: World, changed: dict[str, str], clause: str, words: str
) -> None:
    with pytest.raises(Refused) as refused:
        propose(world, **changed)
    assert clause in refused.value.clauses
    assert words in refused.value.message
    assert len(open_tasks(world)) == 1  # the proposal waits, nothing is lost


def test_what_is_fixed_is_not_offered(world: World) -> None:
    with pytest.raises(Refused):
        propose(world, setting_id="sharing", new_value="否")


def test_a_late_signature_does_not_reach_back(world: World) -> None:
    propose(world)
    world.now += timedelta(days=20)
    for unit in ("drc", "finance_bureau"):
        cosign(world, world.of_unit(unit), unit)
    assert value(world, "review_days", date(2026, 3, 21)) == Decimal(5)
    assert value(world, "review_days", date(2026, 3, 22)) == Decimal(7)


def test_replay_uses_the_values_as_they_were(world: World) -> None:
    """Acts before and after the change are replayed each under its own rules; a changed row is told."""
    change(world)
    world.now = datetime(2026, 3, 12, 2, tzinfo=UTC)
    propose(world, new_value="9", effective_on="2026-03-12")
    dues = {row.due_at.date() for row in open_tasks(world)}
    assert dues == {date(2026, 3, 23)}  # seven working days, not five, not yet nine
    with reading(world.engine) as connection:
        assert differences(connection) == []
    with begin(world.engine) as connection:
        connection.execute(update(t.setting_value).values(value='{"number":"30"}'))
    with reading(world.engine) as connection:
        assert any("setting_value" in words for words in differences(connection))


def test_a_deployment_does_not_change_a_setting(world: World) -> None:
    """Neither by another default nor by a lower bound; a new setting may come."""
    bundle = read_bundle(project_root())
    path = "processes/settings.yaml"

    def deployed(before: str, after: str) -> None:
        text = bundle.files[path].decode().replace(before, after, 1)
        with begin(world.engine) as connection:
            files = {**bundle.files, path: text.encode()}
            deploy(connection, Bundle(files), by="test", now=world.now)

    for before, after in (("default: 5", "default: 6"), ("floor: 3\n", "floor: 2\n")):
        with pytest.raises(BadInput, match="与已部署的不同"):
            deployed(before, after)
    deployed("fixed:", "- {id: added, type: number, default: 1, meaning: 新}\nfixed:")


def test_the_floors_of_the_regulation(world: World) -> None:
    """Three months of trial run, three years of warranty (19.1.14, 25.1.5)."""
    settings = world.definition.settings
    floors = {name: s.floor for name, s in settings.items() if s.lawful}
    assert floors == {"trial_min_months": Decimal(3), "warranty_min_months": Decimal(36)}
