"""Replay: any moment of a project that was sent back several times, on the diagram as it then was."""

from pathlib import Path

import pytest
from sqlalchemy import text

from service.audit.signing import Signer
from service.commands.deploy import deploy
from service.config import project_root
from service.jobs.make_checkpoint import make_checkpoint
from service.model.bundle import Bundle, read_bundle
from service.model.errors import NotFound
from service.queries.record_proof import record_proof
from service.queries.replay import replay
from service.queries.stages import marks_of
from service.scenarios.runner import run_story
from service.scenarios.stands import open_world
from service.scenarios.story import read_story
from service.scenarios.world import SIGNER
from service.store.session import begin, reading

ROOT = project_root()


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    folder = tmp_path_factory.mktemp("replay")
    made = open_world(f"sqlite:///{folder / 'replay.sqlite3'}", ROOT)
    story = read_story(ROOT / "processes/scenarios/joint_review_five_rounds.yaml")
    assert run_story(story, made).ok
    yield made
    made.close()


def steps_at(told, element_id: str):
    return [s for s in told.steps if s.element and s.element.id == element_id]


def test_passes_are_told_apart(world) -> None:
    with reading(world.engine) as connection:
        told = replay(connection, world.project_key())
        opinions = steps_at(told, "finance_opinion")
        assert [s.pass_ for s in opinions] == [1, 2, 3, 4, 5]
        for step in opinions:
            moment = told.moment(step.number)
            assert moment.states["finance_opinion"] == "done"
            assert moment.marks["finance_opinion"] == [step.number]  # of this pass only
            assert moment.states.get("write_joint_opinion") is None
            assert dict(moment.values)["意见"]


def test_every_step_is_who_when_where_in_the_order_of_the_log(world) -> None:
    with reading(world.engine) as connection:
        told = replay(connection, world.project_key())
        assert [s.number for s in told.steps] == list(range(1, len(told.steps) + 1))
        assert [s.seq for s in told.steps] == sorted(s.seq for s in told.steps)
        for step in told.steps:
            assert step.who
            assert step.element is not None, step
        done = [s for s in told.steps if s.act == "complete_task"]
        assert all(s.waited is not None for s in done)


def test_the_last_moment_is_the_present(world) -> None:
    """What the log says of all elements at its end is what the instance page shows now."""
    with reading(world.engine) as connection:
        told = replay(connection, world.project_key())
        last = told.steps[-1]
        moment = told.moment(last.number)
        now = marks_of(connection, last.instance_key)
        here = {e: mark.state for (p, e), mark in now.items() if p == last.process.id}
        assert dict(moment.states) == here


def test_decisions_are_shown_with_inputs_rules_and_clauses(world) -> None:
    with reading(world.engine) as connection:
        told = replay(connection, world.project_key())
        fired = [f for s in told.steps for f in told.moment(s.number).decisions]
    routed = next(
        f for f in fired if f.rules and any("7.1.4" in clauses for _, clauses, _ in f.rules)
    )
    assert routed.inputs
    assert all(words for _, _, words in routed.rules)


def test_outside_the_record(world) -> None:
    with reading(world.engine) as connection:
        told = replay(connection, world.project_key())
        for number in (0, len(told.steps) + 1):
            with pytest.raises(NotFound, match="没有第"):
                told.moment(number)


def test_the_diagram_is_that_of_then(world) -> None:
    files = read_bundle(ROOT).files
    path = "processes/joint_review.bpmn"
    newer = Bundle(
        {**files, path: files[path].replace("召集协商会".encode(), "召开协商会".encode())}
    )
    with begin(world.engine) as connection:
        deploy(connection, newer, by="test", now=world.now)
    with reading(world.engine) as connection:
        told = replay(connection, world.project_key())
        step = steps_at(told, "finance_opinion")[0]
        moment = told.moment(step.number)
        assert (moment.version, moment.newest) == (1, 2)
        assert moment.step.process.elements["hold_consultation"].name == "召集协商会"


def test_proof_of_an_event(world, tmp_path: Path) -> None:
    with reading(world.engine) as connection:
        seq = replay(connection, world.project_key()).steps[4].seq
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
