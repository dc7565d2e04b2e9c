"""代建: a unit entrusted by the owner does the owner's tasks for him, but not those that stay with him."""

import pytest
from sqlalchemy import insert

from service.commands.claim_task import claim_task
from service.commands.complete_task import complete_task
from service.config import project_root
from service.definitions import definition_of
from service.model.errors import NotAllowed, NotFound, Refused
from service.queries.history import entries
from service.queries.inbox import inbox
from service.queries.rebuild import differences
from service.scenarios.acts import start, submission
from service.scenarios.looks import open_tasks
from service.scenarios.stands import open_world
from service.store import tables as t
from service.store.session import begin, reading


@pytest.fixture
def world(place: str):
    made = open_world(place, project_root())
    start(made, "project_lifecycle", {"by": "县民政局"})
    yield made
    made.close()


def entrust(world) -> None:
    """The contract: for the test straight into the register of the project."""
    row = {
        "project_key": world.project_key(),
        "group_id": "agent_builder",
        "unit_id": "transport",
    }
    with begin(world.engine) as connection:
        connection.execute(insert(t.participant).values(row))


def test_only_with_a_contract(world) -> None:
    task = open_tasks(world, world.project_key())[0]
    with begin(world.engine) as connection, pytest.raises(NotFound):
        claim_task(connection, world.people["transport"], task.task_key, now=world.now)


def test_the_agent_acts_for_the_owner(world) -> None:
    entrust(world)
    agent = world.people["transport"]
    task = open_tasks(world, world.project_key())[0]
    given = submission(world, world.element(task.path), {})
    with begin(world.engine) as connection:
        assert [r.task_key for r in inbox(connection, agent, "todo", now=world.now).rows] == [
            task.task_key
        ]
        complete_task(connection, agent, task.task_key, given, now=world.now)
    with reading(world.engine) as connection:
        last = [e for e in entries(connection, project_key=world.project_key()) if e.kind == "done"]
        assert last[-1].who == f"{agent.name}（代县民政局）"
        found = differences(connection)
    assert all("participant" in sentence for sentence in found), found  # the forged contract alone


def test_what_stays_with_the_owner(world, monkeypatch) -> None:
    entrust(world)
    task = open_tasks(world, world.project_key())[0]
    with reading(world.engine) as connection:  # the one that the command will use
        definition = definition_of(connection, world.definition.digest)
    element = definition.element(*task.path.partition("[")[0].split("/"))
    monkeypatch.setitem(element.properties, "agent", "no")
    with begin(world.engine) as connection, pytest.raises(NotAllowed, match="受托单位不能代办"):
        claim_task(connection, world.people["transport"], task.task_key, now=world.now)


def test_seal_and_security_stay_with_the_owner(world) -> None:
    kept = {
        e.act
        for p in world.definition.processes.values()
        for e in p.elements.values()
        if e.properties.get("agent") == "no"
    }
    assert kept == {"prelim.seal", "security.agree"}


def test_an_owner_declares_for_itself_only(world) -> None:
    task = open_tasks(world, world.project_key())[0]
    given = submission(world, world.element(task.path), {"with": {"project_unit": "water"}})
    with begin(world.engine) as connection, pytest.raises(Refused) as refused:
        complete_task(
            connection, world.people["civil_affairs"], task.task_key, given, now=world.now
        )
    assert refused.value.fields == {"project_unit": "只能为本单位申报，请选择建档的单位。"}
