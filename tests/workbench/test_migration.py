"""A running instance goes on under another version, or is told why it cannot; nothing open is lost."""

import json

import pytest
from sqlalchemy import select

from service.commands.complete_task import complete_task
from service.commands.deploy import deploy
from service.commands.migrate_instance import may_migrate, migrate_instance, undo_migration
from service.commands.start_instance import start_instance
from service.engine import compile_bundle
from service.model.bundle import Bundle
from service.model.errors import NotAllowed, Refused
from service.queries.rebuild import differences
from service.store import tables as t
from service.store.session import begin, reading
from tests.workbench.owners import FIRST, LEGAL, SECOND, county


@pytest.fixture
def world(tmp_path):
    made, _ = county(tmp_path)
    yield made
    made.close()


def changed(path, *swaps):
    text = LEGAL.files[path].decode()
    for old, new in swaps:
        assert old in text, old
        text = text.replace(old, new, 1)
    return Bundle({**LEGAL.files, path: text.encode()})


def deployed(world, bundle):
    compile_bundle(bundle)
    with begin(world.engine) as connection:
        return deploy(connection, bundle, by="test", now=world.now).digest


def started(world):
    with begin(world.engine) as connection:
        return start_instance(
            connection, world.people["office"], "review", now=world.now
        ).instance_key


def open_rows(world, key):
    with reading(world.engine) as connection:
        rows = connection.execute(
            select(t.task).where(t.task.c.instance_key == key, t.task.c.status == "open")
        )
        return {row.task_key: (row.element_id, row.member, row.due_at) for row in rows}


def timers(world, key):
    with reading(world.engine) as connection:
        rows = connection.execute(select(t.due_timer).where(t.due_timer.c.instance_key == key))
        return {row.task_key: row.due_at for row in rows}


def do(world, key, element, **values):
    task = next(k for k, row in open_rows(world, key).items() if row[0] == element)
    with begin(world.engine) as connection:
        complete_task(connection, world.people["office"], task, values, now=world.now)


def move(world, key, digest, by="office"):
    with begin(world.engine) as connection:
        migrate_instance(connection, world.people[by], key, digest, reason="试试", now=world.now)


def why(world, key, digest):
    with begin(world.engine) as connection:
        return may_migrate(connection, key, digest, now=world.now)


def digest_of(world, key):
    with reading(world.engine) as connection:
        return connection.execute(
            select(t.instance.c.digest).where(t.instance.c.instance_key == key)
        ).scalar_one()


def agrees(world):
    with reading(world.engine) as connection:
        assert differences(connection) == []


LONGER = changed(
    FIRST, ('name="办理组"', 'name="办理人员"'), ('duration("P1D")', 'duration("P9D")')
)
EXTRA = changed(
    FIRST,
    ('targetRef="judge"', 'targetRef="pause"'),
    ("<incoming>f2</incoming>", "<incoming>f20</incoming>"),
    (
        '<sequenceFlow id="f3"',
        '<intermediateThrowEvent id="pause"><extensionElements><s:properties><s:property name="article" value="1.1"/>'
        "</s:properties></extensionElements><incoming>f2</incoming><outgoing>f20</outgoing></intermediateThrowEvent>"
        '<sequenceFlow id="f20" sourceRef="pause" targetRef="judge"/><sequenceFlow id="f3"',
    ),
)
MORE = changed(SECOND, ("<loopCardinality>2", "<loopCardinality>3"))
GONE = changed(FIRST, ('id="examine"', 'id="inspect"'), ("<flowNodeRef>examine", "<flowNodeRef>inspect"),
               ('targetRef="examine"', 'targetRef="inspect"'), ('sourceRef="examine"', 'sourceRef="inspect"'),
               ('attachedToRef="examine"', 'attachedToRef="inspect"'))  # fmt: skip


def test_what_is_open_keeps_its_key_its_dates_and_goes_on_as_the_new_version_draws(world):
    key = started(world)
    before, due = open_rows(world, key), timers(world, key)
    assert due
    digest = deployed(world, LONGER)
    assert digest_of(world, key) == LEGAL.digest
    assert why(world, key, digest) is None
    with pytest.raises(NotAllowed):
        move(world, key, digest, by="outside")
    move(world, key, digest)
    assert digest_of(world, key) == digest
    assert open_rows(world, key) == before
    assert timers(world, key) == due
    agrees(world)
    do(world, key, "examine", view="yes")
    assert sorted(r[0] for r in open_rows(world, key).values()) == ["sign", "sign"]
    agrees(world)
    with reading(world.engine) as connection:
        event = connection.execute(select(t.event).where(t.event.c.act == "migrate_instance")).one()
    body = json.loads(event.body)
    assert (body["was"], body["bundle"], body["reason"]) == (LEGAL.digest, digest, "试试")
    assert event.signature


def test_a_step_that_runs_by_itself_behind_an_instance_does_not_hold_it(world):
    key = started(world)
    do(world, key, "examine", view="yes")
    before = open_rows(world, key)
    digest = deployed(world, EXTRA)
    assert why(world, key, digest) is None
    move(world, key, digest)
    assert open_rows(world, key) == before
    do(world, key, "sign", view="yes")
    do(world, key, "sign", view="yes")
    assert open_rows(world, key) == {}
    agrees(world)


def test_a_unit_more_in_a_joint_review_is_opened(world):
    key = started(world)
    do(world, key, "examine", view="yes")
    before = open_rows(world, key)
    move(world, key, deployed(world, MORE))
    after = open_rows(world, key)
    assert before.items() <= after.items()
    assert len(after) == 3
    agrees(world)
    for _ in range(3):
        do(world, key, "sign", view="yes")
    agrees(world)


def test_what_cannot_go_over_is_told_and_stays(world):
    key = started(world)
    digest = deployed(world, GONE)
    assert why(world, key, digest) == "正在办的“examine”不能带过去：新版里没有这个环节。"
    with pytest.raises(Refused, match="没有这个环节"):
        move(world, key, digest)
    assert digest_of(world, key) == LEGAL.digest
    do(world, key, "examine", view="no")  # on the version that it began with, to its end
    assert open_rows(world, key) == {}
    agrees(world)


def test_a_migration_is_undone(world):
    key = started(world)
    before = open_rows(world, key)
    move(world, key, deployed(world, LONGER))
    with begin(world.engine) as connection:
        undo_migration(connection, world.people["office"], key, reason="还是原来的", now=world.now)
    assert digest_of(world, key) == LEGAL.digest
    assert open_rows(world, key) == before
    agrees(world)
    do(world, key, "examine", view="yes")
    agrees(world)
