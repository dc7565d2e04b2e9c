"""An act writes exactly one event; what follows from it names it as cause; what is refused writes none."""

import json
import sys

import pytest
from sqlalchemy import select

from service.commands.cancel_project import cancel_project
from service.commands.claim_task import claim_task
from service.commands.complete_task import complete_task
from service.commands.deploy import deploy
from service.commands.import_people import SheetRow, import_people
from service.commands.release_task import release_task
from service.commands.save_draft import save_draft
from service.commands.send_message import send_message
from service.commands.start_instance import start_instance
from service.config import project_root
from service.model.bundle import read_bundle
from service.model.errors import Refused
from service.scenarios import acts
from service.scenarios.looks import open_tasks
from service.store import tables as t
from service.store.session import begin, reading
from tests.commands.stand import at_opinions
from tests.watch import Act, watched


@pytest.fixture(scope="module", autouse=True)
def watching():
    """Each transaction is looked at, also those of the stories on the way here."""
    with watched():
        yield


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    made = at_opinions(f"sqlite:///{tmp_path_factory.mktemp('events') / 'test.sqlite3'}")
    yield made
    made.close()


class Log:
    """The events that an act has added."""

    def __init__(self, world) -> None:
        self.world = world
        self.seen = len(self._all())

    def _all(self) -> list:
        with reading(self.world.engine) as connection:
            rows = connection.execute(select(t.event.c.act, t.event.c.body).order_by(t.event.c.seq))
            return [(row.act, json.loads(row.body)) for row in rows]

    def new(self) -> list[str]:
        """Acts without a cause; each other event names one of them, or another that it follows."""
        every = self._all()
        added, self.seen = every[self.seen :], len(every)
        numbers = {body["seq"] for _, body in added}
        assert all(body["cause"] in numbers for _, body in added if "cause" in body)
        return [act for act, body in added if "cause" not in body]


def test_each_act_is_one_event(world) -> None:
    log, now = Log(world), world.now
    key = world.project_key()
    task = open_tasks(world, key)[0]
    actor = world.acting(None, task.group_id, key)
    given = acts.submission(world, world.element(task.path), {})

    def do(command, *arguments, **options) -> list[str]:
        with begin(world.engine) as connection:
            command(connection, *arguments, now=now, **options)
        return log.new()

    assert do(claim_task, actor, task.task_key) == ["claim_task"]
    assert do(claim_task, actor, task.task_key) == []  # his already
    assert do(release_task, actor, task.task_key) == ["release_task"]
    assert do(save_draft, actor, task.task_key, given) == []
    once = {"idempotency_key": "k"}
    assert do(complete_task, actor, task.task_key, given, **once) == ["complete_task"]
    assert do(complete_task, actor, task.task_key, given, **once) == []  # the same request again
    starter = world.of_unit("县民政局")
    assert do(start_instance, starter, "project_lifecycle") == ["start_instance"]
    assert do(deploy, read_bundle(project_root()), by="test") == []  # deployed already
    for command, arguments in (
        (complete_task, (actor, task.task_key, given)),
        (claim_task, (actor, task.task_key)),
        (start_instance, (actor, "no_such_process")),
        (send_message, (actor, key, "no_such_message", {})),
    ):
        with pytest.raises(Refused):
            do(command, *arguments)
        assert log.new() == []


def test_what_belongs_to_an_act_names_it_as_cause(world) -> None:
    """A sheet of people, a whole project withdrawn: one event of its own each, the others follow from it."""
    log, admin = Log(world), world.people["system_admin"]
    rows = [SheetRow(n, f"新人{n}", f"xinren{n}", "县财政局", "经办人") for n in (2, 3)]
    with begin(world.engine) as connection:
        import_people(connection, admin, rows, reason="新入职", now=world.now)
    assert log.new() == ["import_people"]
    owner = world.of_unit("县民政局")
    with begin(world.engine) as connection:
        start_instance(connection, owner, "project_lifecycle", now=world.now)
        key = connection.execute(
            select(t.project.c.project_key).order_by(t.project.c.created_at.desc(), t.project.c.no.desc())
        ).scalars().first()  # fmt: skip
    assert log.new() == ["start_instance"]
    with begin(world.engine) as connection:
        cancel_project(connection, owner, key, reason="重复申报", now=world.now)
    assert log.new() == ["cancel_project"]


def test_an_act_without_an_event_or_with_two_is_noticed(world) -> None:
    """The watch itself: a command that forgets its event, or writes a second one of its own."""
    for written in ([], ["claim_task", "claim_task"]):
        act = Act(sys._getframe())
        act.own, act.changed = written, {"task"}
        with pytest.raises(AssertionError, match=r"without an event|several events"):
            act.check()
