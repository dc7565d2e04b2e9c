"""A sandbox runs a draft in a database of its own, is bounded in number, and is gone after a day."""

from datetime import timedelta

import pytest

from service.commands.start_instance import start_instance
from service.model.errors import BadInput, Refused
from service.queries.people import actor_named
from service.scenarios.world import open_engine
from service.store.session import begin
from service.workbench import sandbox as boxes
from service.workbench.sandbox import make_sandbox, move_on, sandbox_of, sandboxes, sweep
from tests.workbench.owners import FIRST, LEGAL, NOW


def made(place, owner="a1", now=NOW, files=LEGAL.files):
    return make_sandbox(place, dict(files), draft_key="b1", name="试试", owner=owner, now=now)


def test_a_draft_runs_with_its_people(tmp_path):
    box = made(tmp_path)
    engine = open_engine(box.url)
    with begin(engine) as connection:
        started = start_instance(
            connection, actor_named(connection, "office"), "review", now=box.at
        )
    engine.dispose()
    assert started.instance_key
    assert sandbox_of(tmp_path, box.key, NOW) == box
    assert sandbox_of(tmp_path, "s" + "0" * 24, NOW) is None
    assert sandbox_of(tmp_path, "../etc", NOW) is None


def test_the_clock_moves_on_and_never_back(tmp_path):
    box = made(tmp_path)
    moved, fired = move_on(box, NOW + timedelta(days=40))
    assert moved.at == NOW + timedelta(days=40)
    assert sandbox_of(tmp_path, box.key) == moved
    assert fired == []
    with pytest.raises(BadInput, match="不能倒退"):
        move_on(moved, NOW)


def test_two_each_and_a_dozen_in_all(tmp_path, monkeypatch):
    monkeypatch.setattr(boxes, "_fill", lambda box, bundle: None)
    keys = [made(tmp_path, now=NOW + timedelta(minutes=m)).key for m in range(3)]
    there = sandboxes(tmp_path, "a1", NOW + timedelta(minutes=5))
    assert [s.key for s in there] == [keys[2], keys[1]]
    for number in range(10):
        made(tmp_path, owner=f"o{number}")
    with pytest.raises(Refused, match="太多"):
        made(tmp_path, owner="late")
    later = NOW + timedelta(days=1, minutes=1)
    assert sandbox_of(tmp_path, keys[1], later) is not None
    assert sandbox_of(tmp_path, keys[2], later + timedelta(minutes=2)) is None
    assert sweep(tmp_path, later + timedelta(minutes=2)) == 11
    assert list(tmp_path.iterdir()) == []


def test_a_draft_with_faults_is_refused_and_leaves_nothing(tmp_path):
    with pytest.raises(BadInput):
        made(tmp_path, files={**LEGAL.files, FIRST: b"<a/>"})
    assert list(tmp_path.iterdir()) == []
