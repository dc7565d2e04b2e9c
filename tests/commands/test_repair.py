"""Emergency repair: two administrators, three remedies, red in the history, re-executed from the log."""

import dataclasses
import io
import zipfile
from datetime import timedelta

import pytest
from sqlalchemy import select

from service.audit.verify import Package, check
from service.commands._advance import Act
from service.commands._repairs import REPAIRED, carry_out, open_repair
from service.commands.complete_task import complete_task
from service.commands.confirm_repair import confirm_repair
from service.commands.propose_repair import propose_repair
from service.commands.refuse_repair import refuse_repair
from service.config import project_root
from service.jobs.make_checkpoint import make_checkpoint
from service.model.errors import Conflict, NotAllowed, Refused
from service.queries.administration import record
from service.queries.evidence import write_evidence
from service.queries.evidence_extent import Period
from service.queries.history import entries
from service.queries.rebuild import differences
from service.queries.repairs import patients, repairs
from service.queries.replay import moment_at, told
from service.regulation.dates import local_date
from service.remedies import remedies, remedy_of
from service.scenarios.acts import submission
from service.scenarios.looks import open_tasks
from service.scenarios.runner import run_story
from service.scenarios.stands import open_world
from service.scenarios.story import read_story
from service.scenarios.world import SIGNER
from service.store import history
from service.store import tables as t
from service.store.projections import notice_kept
from service.store.repairs import repair_decided
from service.store.session import begin, reading
from service.store.where import Where
from tests.commands.stand import at_opinions


@pytest.fixture
def world(database_url: str):
    made = at_opinions(database_url)
    yield made
    made.close()


def instance_of(world) -> str:
    """The instance in which the three units give their opinions."""
    return next(k.instance_key for k in _tasks(world) if k.status == "open")


def _tasks(world):
    with reading(world.engine) as connection:
        return connection.execute(select(t.task).order_by(t.task.c.created_at)).all()


def a_step_back(world):
    with reading(world.engine) as connection:
        return next(r for r in remedies(connection, instance_of(world)) if r.kind == "back")


def propose(world, remedy=None, by="system_admin", reason="联合审核误发，信息中心来函") -> str:
    remedy = remedy or a_step_back(world)
    with begin(world.engine) as connection:
        return propose_repair(
            connection, world.people[by], instance_of(world), remedy.kind, remedy.target,
            reason=reason, now=world.now,
        )  # fmt: skip


def confirm(world, key: str, by="security_admin", actor=None) -> None:
    world.now += timedelta(minutes=5)
    with begin(world.engine) as connection:
        confirm_repair(connection, actor or world.people[by], key, now=world.now)


def events(world, act: str) -> list:
    with reading(world.engine) as connection:
        return [e for e in history.read(connection) if e.act == act]


def one_opinion(world) -> None:
    task = next(k for k in open_tasks(world, world.project_key()) if k.group_id == "drc")
    given = submission(world, world.element(task.path), {})
    with begin(world.engine) as connection:
        complete_task(connection, world.people["drc"], task.task_key, given, now=world.now)


def test_a_step_is_opened_again_by_two(world) -> None:
    remedy = a_step_back(world)
    before = {k.path for k in open_tasks(world, world.project_key())}
    key = propose(world)
    assert {k.path for k in open_tasks(world, world.project_key())} == before, "nothing yet"
    confirm(world, key)
    after = {k.path for k in open_tasks(world, world.project_key())}
    assert after != before
    assert any(path.endswith(remedy.act.element.id) for path in after)
    (proposed,), (done,) = events(world, "propose_repair"), events(world, "repair_instance")
    assert done.body["repair"] == proposed.body["repair"]
    names = {world.people[n].account_key for n in ("system_admin", "security_admin")}
    assert {proposed.body["actor"]["account_key"], done.body["actor"]["account_key"]} == names
    with reading(world.engine) as connection:
        assert differences(connection) == [], "the log alone gives the same, step by step"
        (line,) = [
            e for e in entries(connection, project_key=world.project_key()) if e.seq == done.seq
        ]
        assert line.kind == "back"
        assert line.what.startswith("应急处置：退回重办")
        assert dict(line.said)["确认"] == world.people["security_admin"].name
        log = told(connection, world.project_key())
        step = next(s for s in log.steps if s.seq == done.seq)
        assert step.red
        assert "提出" in moment_at(connection, log, step.number).reason
        (row,) = [r for r in record(connection) if r.act == "应急处置"]
        assert row.alarm
        assert [r.row.status for r in repairs(connection)] == ["done"]


def test_nobody_does_it_alone(world) -> None:
    for office in ("security_admin", "audit_admin", "info_center"):
        with pytest.raises(NotAllowed):
            propose(world, by=office)
    key = propose(world)
    for office in ("system_admin", "audit_admin", "drc"):
        with pytest.raises(NotAllowed):
            confirm(world, key, by=office)
    moved = dataclasses.replace(world.people["system_admin"], role="security_admin")
    with pytest.raises(NotAllowed, match="不能自己确认"):
        confirm(world, key, actor=moved)
    assert events(world, "repair_instance") == []
    confirm(world, key)
    with pytest.raises(Conflict, match="已处理过"):
        confirm(world, key)
    assert len(events(world, "repair_instance")) == 1


def alone(world, proposal: str, name: str, **other) -> None:
    """As somebody would who goes around the commands' own check: it is carried out, and well signed."""
    with begin(world.engine) as connection:
        row, locked = open_repair(connection, proposal)
        repair = {n: getattr(row, n) for n in ("kind", "target", "words", "seen")}
        repair |= {"key": row.repair_key, "instance": row.instance_key, **other}
        about = {"reason": row.reason, "repair": repair, "proposed_by": row.proposed_by_name}
        act = Act(world.people[name], REPAIRED, world.now, about)
        where = act.where(locked)
        remedy = remedy_of(connection, row.instance_key, row.kind, row.target)
        carry_out(connection, locked, remedy, act)
        repair_decided(connection, where, proposal, done=True, why="")


@pytest.mark.parametrize(
    ("name", "other", "said"),
    [
        ("system_admin", {}, "是一个人办的，没有第二个人确认"),
        ("security_admin", {"words": "退回重办：别的环节"}, "不是提出的那一项"),
        ("security_admin", {"key": "r0"}, "没有人提出过"),
    ],
)
def test_the_log_is_asked_for_the_second_person(world, name, other, said) -> None:
    alone(world, propose(world), name, **other)
    with reading(world.engine) as connection:
        assert any(said in sentence for sentence in differences(connection))


def test_the_evidence_of_the_day_brings_the_proposal_of_another(world) -> None:
    key = propose(world)
    world.now += timedelta(days=3)
    confirm(world, key)
    day, stream = local_date(world.now), io.BytesIO()
    with begin(world.engine) as connection:
        make_checkpoint(connection, SIGNER, now=world.now)
    with reading(world.engine) as connection:
        write_evidence(
            connection, stream, keys=[SIGNER.public], files=world.root, period=Period(day, day)
        )
    with zipfile.ZipFile(stream) as archive:
        report = check(Package(archive))
    assert [said for _, said in report.bad if "附件" not in said] == []
    assert any("是应急处置" in said for said in report.told)


def test_what_has_gone_on_is_not_repaired(world) -> None:
    key = propose(world)
    with pytest.raises(Conflict, match="等待确认"):
        propose(world)
    one_opinion(world)
    with pytest.raises(Refused, match="又有进展"):
        confirm(world, key)
    with begin(world.engine) as connection:
        with pytest.raises(Refused, match="不同意的理由"):
            refuse_repair(
                connection, world.people["security_admin"], key, reason=" ", now=world.now
            )
        refuse_repair(
            connection, world.people["security_admin"], key, reason="已自行恢复", now=world.now
        )
    with reading(world.engine) as connection:
        assert differences(connection) == []
        words = [e.what for e in entries(connection, project_key=world.project_key())]
    assert any(w.startswith("提出应急处置") for w in words)
    assert any(w.startswith("不同意应急处置") for w in words)


def test_only_what_can_be_done_is_offered(world) -> None:
    forged = dataclasses.replace(a_step_back(world), target="nothing")
    with pytest.raises(Refused, match="不能这样处置"):
        propose(world, forged)
    with pytest.raises(Refused, match="为什么"):
        propose(world, reason="")
    with reading(world.engine) as connection:
        number = connection.execute(select(t.project.c.no)).scalar_one()
        shown = patients(connection, number)
    assert instance_of(world) in {p.instance_key for p in shown}


def test_a_missed_message_is_delivered_once(tmp_path) -> None:
    """The payload is the one that was sent: the record's, never typed in."""
    world = open_world(f"sqlite:///{tmp_path / 'missed.sqlite3'}", project_root())
    assert run_story(read_story(project_root() / "processes/scenarios/S01.yaml"), world).ok
    with reading(world.engine) as connection:
        awaited = connection.execute(select(t.awaited_message)).mappings().first()
    assert awaited, "the project waits for what may end it"
    key, said = awaited["instance_key"], {
        "key": "n-missed", "name": awaited["name"], "task": None, "to": [],
        "payload": {"words": "终止的决定", "step": ""},
    }  # fmt: skip
    with begin(world.engine) as connection:  # as if it had been sent before the wait began
        history.append(
            connection, at=world.now, act="keep_notice", instance_key=key,
            project_key=awaited["project_key"],
            body={"process": awaited["process_id"], "element": "", "notice": said},
        )  # fmt: skip
        where = Where(key, awaited["project_key"], world.now, "system", "系统")
        notice_kept(connection, where, said)
    with reading(world.engine) as connection:
        (missed,) = [r for r in remedies(connection, key) if r.kind == "message"]
    assert missed.target == "n-missed"
    with begin(world.engine) as connection:
        repair = propose_repair(
            connection, world.people["system_admin"], key, "message", "n-missed", reason="漏投", now=world.now
        )  # fmt: skip
        confirm_repair(connection, world.people["security_admin"], repair, now=world.now)
    (done,) = events(world, "repair_instance")
    assert done.body["input"] == ["DeliverMessage", {"name": awaited["name"], "payload": {}}]
    with reading(world.engine) as connection:
        assert differences(connection) == []
        (number,) = connection.execute(select(t.project.c.no)).scalars()
        left = [r for one in patients(connection, number) for r in one.remedies]
    assert all(r.target != "n-missed" for r in left)
    world.close()


def test_right_limits_are_left_alone(world) -> None:
    with reading(world.engine) as connection:
        found = [r for r in remedies(connection, instance_of(world)) if r.kind == "rearm"]
    for remedy in found:
        with pytest.raises(Refused, match="期限都是对的"):
            propose(world, remedy)
