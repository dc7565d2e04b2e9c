"""The decision to terminate reaches every other instance of the project in its own transaction, or nothing does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from sqlalchemy import Engine, select

from service.config import project_root
from service.queries.rebuild import differences
from service.scenarios import acts, looks
from service.scenarios.stands import world_after
from service.scenarios.story import read_story
from service.scenarios.world import World
from service.store import history
from service.store import tables as t
from service.store.session import reading

STORY = project_root() / "processes/scenarios/termination_fan_out.yaml"
DECISION = "termination/decide_termination"
TERMINATE = {"with": {"term_decision": "terminate"}}


@pytest.fixture
def world(place: str) -> Iterator[World]:
    """The story up to its last decision: payments, changes, an incident, an audit, all under way."""
    story = read_story(STORY)
    last = max(i for i, step in enumerate(story.steps) if step.value == DECISION)
    made = world_after(place, project_root(), replace(story, steps=story.steps[:last]))
    yield made
    made.close()


REFUSE = {
    "sqlite": (
        "CREATE TRIGGER broken BEFORE INSERT ON event WHEN NEW.seq = {seq} "
        "BEGIN SELECT RAISE(ABORT, 'broken'); END",
        "DROP TRIGGER broken",
    ),
    "postgresql": (
        "ALTER TABLE event ADD CONSTRAINT broken CHECK (seq <> {seq})",
        "ALTER TABLE event DROP CONSTRAINT broken",
    ),
}


@contextmanager
def refuses(engine: Engine, seq: int) -> Iterator[None]:
    """The database refuses the entry of the log with this number."""
    made, gone = REFUSE[engine.dialect.name]
    with engine.begin() as connection:
        connection.exec_driver_sql(made.format(seq=seq))
    yield
    with engine.begin() as connection:
        connection.exec_driver_sql(gone)


def breaks(world: World, seq: int) -> bool:
    """Whether the decision fails when the log's entry `seq` is refused."""
    with refuses(world.engine, seq):
        try:
            acts.complete(world, DECISION, TERMINATE)
        except Exception as wrong:
            assert "broken" in str(wrong)
            return True
    return False


def test_all_or_nothing_wherever_it_breaks_and_then_all_at_once(world: World) -> None:
    """Each entry of the fan-out fails once: nothing is written. Then it goes through in one act."""
    before, first = looks.fingerprint(world), _last(world)
    broke = 0
    while breaks(world, first + 1 + broke):
        broke += 1
        assert looks.fingerprint(world) == before, f"entry {broke} left something behind"
    with reading(world.engine) as connection:
        written = list(history.read(connection, after=first))
        assert differences(connection) == []
        ended = connection.execute(
            select(t.task.c.process_id, t.task.c.element_id)
            .where(t.task.c.status == "cancelled", t.task.c.ended_at == world.now)
            .order_by(t.task.c.process_id)
        ).all()
    assert broke == len(written) > 4
    assert len({e.at for e in written}) == 1
    seqs = {e.seq for e in written}
    assert [e.seq for e in written if e.body.get("cause") not in seqs] == [written[0].seq]
    assert len({e.instance_key for e in written}) > 4
    assert {(p, e) for p, e in ended} >= {
        ("change_review", "give_opinion"),
        ("construction_progress", "report_progress"),
        ("fund_disbursement", "fill_request"),
        ("fund_disbursement", "sign_progress"),
    }


def _last(world: World) -> int:
    with reading(world.engine) as connection:
        return max(e.seq for e in history.read(connection))
