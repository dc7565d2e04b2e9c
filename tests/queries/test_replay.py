"""Replay: any moment of a project that was sent back several times, on the diagram as it then was."""

import re
from datetime import date, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from service.audit.signing import Signer
from service.commands.complete_task import complete_task
from service.commands.deploy import deploy
from service.commands.withdraw_task import withdraw_task
from service.config import project_root
from service.dmn.table import Table
from service.jobs.make_checkpoint import make_checkpoint
from service.model.bundle import Bundle, read_bundle
from service.model.errors import NotFound
from service.queries.record_proof import record_proof
from service.queries.replay import moment_at, told
from service.queries.replay.words import words
from service.queries.stages import marks_of
from service.regulation.dates import SHANGHAI, local_date
from service.scenarios.acts import start, submission
from service.scenarios.looks import open_tasks
from service.scenarios.runner import run_story
from service.scenarios.stands import open_world
from service.scenarios.story import read_story
from service.scenarios.world import SIGNER
from service.store.session import begin, reading
from tests.commands.stand import at_opinions

ROOT = project_root()


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    folder = tmp_path_factory.mktemp("replay")
    made = open_world(f"sqlite:///{folder / 'replay.sqlite3'}", ROOT)
    story = read_story(ROOT / "processes/scenarios/joint_review_five_rounds.yaml")
    assert run_story(story, made).ok
    yield made
    made.close()


def steps_at(log, element_id: str):
    return [s for s in log.steps if s.element and s.element.id == element_id]


def test_passes_are_told_apart(world) -> None:
    with reading(world.engine) as connection:
        log = told(connection, world.project_key())
        opinions = steps_at(log, "finance_opinion")
        assert [s.pass_ for s in opinions] == [1, 2, 3, 4, 5]
        for step in opinions:
            moment = moment_at(connection, log, step.number)
            assert moment.states["finance_opinion"] == "done"
            assert moment.marks["finance_opinion"] == [step.number]  # of this pass only
            assert moment.states.get("write_joint_opinion") is None
            assert dict(moment.values)["意见"]


def test_every_step_is_who_when_where_in_the_order_of_the_log(world) -> None:
    with reading(world.engine) as connection:
        log = told(connection, world.project_key())
        assert [s.number for s in log.steps] == list(range(1, len(log.steps) + 1))
        assert [s.seq for s in log.steps] == sorted(s.seq for s in log.steps)
        for step in log.steps:
            assert step.who
            assert step.element is not None, step
        done = [s for s in log.steps if s.act == "complete_task"]
        assert all(s.waited is not None for s in done)


def test_the_last_moment_is_the_present(world) -> None:
    """What the log says of all elements at its end is what the instance page shows now."""
    with reading(world.engine) as connection:
        log = told(connection, world.project_key())
        last = log.steps[-1]
        moment = moment_at(connection, log, last.number)
        now = marks_of(connection, last.instance_key)
        here = {e: mark.state for (p, e), mark in now.items() if p == last.process.id}
        assert dict(moment.states) == here


def test_decisions_are_shown_with_inputs_rules_and_clauses(world) -> None:
    with reading(world.engine) as connection:
        log = told(connection, world.project_key())
        fired = [f for s in log.steps for f in moment_at(connection, log, s.number).decisions]
    routed = next(
        f for f in fired if f.rules and any("7.1.4" in clauses for _, clauses, _ in f.rules)
    )
    assert routed.inputs
    gate = next(f for f in fired if f.name == "四不原则门槛")
    assert [label for label, _ in gate.inputs] == [
        "步骤", "规划依据", "条件：已列入年度计划 or 已备案", "领导小组已审定"
    ]  # fmt: skip
    said = dict(gate.inputs)
    assert said["步骤"] == "审核", "the word, not the code"
    assert said["规划依据"].startswith("《")
    assert (said["条件：已列入年度计划 or 已备案"], said["领导小组已审定"]) == ("是", "否")
    assert all(words for _, _, words in routed.rules)


def test_every_code_of_a_table_has_its_words(world) -> None:
    """Whatever a table asks for or gives as a code of the diagrams is said in words."""
    codes = set()
    for own, model in world.definition.decisions.items():
        table = model.decisions[own].logic
        if not isinstance(table, Table):
            continue
        names = [column.expression.text.strip() for column in table.inputs]
        for rule in table.rules:
            cells = [*zip(names, rule.tests, strict=True)]
            cells += zip([o.name for o in table.outputs], rule.outputs, strict=True)
            codes |= {(name, text) for name, cell in cells for text in cell.literals}
    assert len(codes) > 60
    assert words(world.definition, "route", "county") == "县级审批"
    plain = {(n, v) for n, v in codes if isinstance(v, str) and re.fullmatch("[a-z_]{3,}", v)}
    assert len(plain) > 40
    assert {(n, v) for n, v in plain if words(world.definition, n, v) == v} == set()


def test_outside_the_record(world) -> None:
    with reading(world.engine) as connection:
        log = told(connection, world.project_key())
        for number in (0, len(log.steps) + 1):
            with pytest.raises(NotFound, match="没有第"):
                moment_at(connection, log, number)


def test_the_diagram_is_that_of_then(world) -> None:
    files = read_bundle(ROOT).files
    path = "processes/joint_review.bpmn"
    newer = Bundle(
        {**files, path: files[path].replace("召集协商会".encode(), "召开协商会".encode())}
    )
    with begin(world.engine) as connection:
        deploy(connection, newer, by="test", now=world.now)
    with reading(world.engine) as connection:
        log = told(connection, world.project_key())
        step = steps_at(log, "finance_opinion")[0]
        moment = moment_at(connection, log, step.number)
        assert (moment.version, moment.newest) == (1, 2)
        assert moment.step.process.elements["hold_consultation"].name == "召集协商会"


def test_proof_of_an_event(world, tmp_path: Path) -> None:
    with reading(world.engine) as connection:
        seq = told(connection, world.project_key()).steps[4].seq
        assert record_proof(connection, SIGNER.public, seq).verdict == "waiting"
    with begin(world.engine) as connection:
        make_checkpoint(connection, SIGNER, now=world.now)
    with reading(world.engine) as connection:
        assert record_proof(connection, SIGNER.public, seq).verdict == "proved"
        other = Signer("another", b"o" * 32).public
        assert record_proof(connection, other, seq).verdict == "broken"
    with begin(world.engine) as connection:
        for (name,) in connection.execute(
            text("SELECT name FROM sqlite_master WHERE type='trigger' AND tbl_name='event'")
        ).all():
            connection.execute(text(f"DROP TRIGGER {name}"))
        connection.execute(
            text("UPDATE event SET body = replace(body, '2025', '2024') WHERE seq = :s"), {"s": seq}
        )
    with reading(world.engine) as connection:
        assert record_proof(connection, SIGNER.public, seq).verdict == "broken"


def test_only_ways_that_were_gone_are_drawn(world) -> None:
    """Both ends of a loop's way back are done; the way itself was taken only when it was."""
    with reading(world.engine) as connection:
        log = told(connection, world.project_key())
        reviewed = steps_at(log, "write_joint_opinion")
        process = reviewed[0].process
        for step in reviewed:
            flows = moment_at(connection, log, step.number).flows
            ways = {process.flows[ref].target: state for ref, state in flows.items()}
            assert ways["hold_consultation"] == "not taken"
            assert ways["write_joint_opinion"] == "done"


def test_an_event_leads_to_its_step(world) -> None:
    with reading(world.engine) as connection:
        log = told(connection, world.project_key())
        for step in log.steps:
            assert log.number_at(step.seq) == step.number
        assert log.number_at(0) == len(log.steps)
        assert log.number_at(log.steps[-1].seq + 1000) == len(log.steps)


def test_what_led_to_a_step_is_a_step_before(world) -> None:
    with reading(world.engine) as connection:
        log = told(connection, world.project_key())
        for step in log.steps:
            moment = moment_at(connection, log, step.number)
            if step.cause:
                assert moment.cause is not None
                assert moment.cause.number < step.number


def test_a_log_that_has_grown_is_read_again(tmp_path: Path) -> None:
    """What is kept of a project never hides what came later."""
    made = open_world(f"sqlite:///{tmp_path / 'grow.sqlite3'}", ROOT)
    start(made, "project_lifecycle", {"by": "县民政局"})
    seen = []
    for _ in range(3):
        with reading(made.engine) as connection:
            seen.append(len(told(connection, made.project_key()).steps))
        task = open_tasks(made, made.project_key())[0]
        actor = made.acting(None, task.group_id, made.project_key())
        with begin(made.engine) as connection:
            given = submission(made, made.element(task.path), {})
            complete_task(connection, actor, task.task_key, given, now=made.now)
    made.close()
    assert seen == sorted(set(seen))


def test_what_was_changed_between_two_passes_is_shown_with_why(tmp_path) -> None:
    """An opinion is taken back and given anew: the fields, old and new; the step that opened it again; both times."""
    world = at_opinions(f"sqlite:///{tmp_path / 'again.sqlite3'}")
    key = world.project_key()

    def opinion(**changed) -> str:
        task = next(k for k in open_tasks(world, key) if k.group_id == "drc")
        given = {**submission(world, world.element(task.path), {}), **changed}
        with begin(world.engine) as connection:
            complete_task(connection, world.people["drc"], task.task_key, given, now=world.now)
        return str(task.task_key)

    first = opinion(opinion="同意立项")
    with begin(world.engine) as connection:
        withdraw_task(connection, world.people["drc"], first, now=world.now)
    opinion(opinion="同意立项，核减硬件单价")
    with reading(world.engine) as connection:
        log = told(connection, key)
        before, after = [s for s in steps_at(log, "drc_opinion") if s.act == "complete_task"]
        assert moment_at(connection, log, before.number).compared is None
        moment = moment_at(connection, log, after.number)
    assert moment.compared.before == before
    assert [f[1:] for f in moment.compared.fields] == [("同意立项", "同意立项，核减硬件单价")]
    assert moment.compared.why.act == "withdraw_task"
    world.close()


@pytest.mark.parametrize(
    ("signed", "later"), [("2025-03-12", 0), ("2025-03-05", 0), ("2025-03-04", 9)]
)
def test_what_is_dated_before_the_task_was_there_was_entered_afterwards(
    tmp_path, signed: str, later: int
) -> None:
    """An opinion that waited from the 5th to the 13th: signed within these days it was written down in its time."""
    world = at_opinions(f"sqlite:///{tmp_path / 'later.sqlite3'}")
    key = world.project_key()
    task = next(k for k in open_tasks(world, key) if k.group_id == "drc")
    given = {**submission(world, world.element(task.path), {}), "signed_on": signed}
    with begin(world.engine) as connection:
        now = datetime(2025, 3, 13, 9, tzinfo=SHANGHAI)
        complete_task(connection, world.people["drc"], task.task_key, given, now=now)
    with reading(world.engine) as connection:
        log = told(connection, key)
        step = next(s for s in steps_at(log, "drc_opinion") if s.act == "complete_task")
        moment = moment_at(connection, log, step.number)
    assert local_date(step.at - step.waited) == date(2025, 3, 5)
    assert list(moment.later.values()) == ([later] if later else [])
    world.close()


def test_a_form_filled_in_alike_again_says_so(world) -> None:
    with reading(world.engine) as connection:
        log = told(connection, world.project_key())
        second = steps_at(log, "finance_opinion")[1]
        found = moment_at(connection, log, second.number).compared
    assert found.fields == []
    assert found.before.pass_ == 1
    assert found.why.act == "complete_task", "somebody sent it back or went on"
    assert found.said
