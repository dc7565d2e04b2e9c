"""What will be judged after a submission is shown while the form is filled in, and refuses nothing."""

from collections.abc import Iterator
from typing import Any

import pytest

from service.queries.task_check import TaskCheck, task_check
from service.queries.task_detail import task_detail
from service.scenarios.looks import open_task
from service.scenarios.world import World
from service.store.session import reading
from tests.papers.stand import after, go_on

FIELDS = (
    "force_majeure",
    "cannot_complete",
    "content_changed",
    "design_unusable",
    "poor_performance",
    "cannot_continue",
    "targets_unreachable",
    "deviates",
    "refuses_inspection",
)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("foreseen")
    made = after(f"sqlite:///{folder / 'county.sqlite3'}", "half_built")
    go_on(made, folder, "- start: termination\n  by: info_center\n- start: change_request\n")
    yield made
    made.close()


def check(world: World, unit: str, path: str, values: dict[str, Any]) -> TaskCheck:
    task = open_task(world, world.project_key(), path)
    assert task is not None
    with reading(world.engine) as connection:
        detail = task_detail(connection, world.of_unit(unit), task.task_key, now=world.now)
        found = task_check(connection, detail, values, now=world.now)
    assert found is not None
    return found


def grounds(world: World, **answers: str) -> dict[str, str]:
    found = check(world, "info_center", "termination/verify_grounds", answers)
    assert found.gate is None  # nothing is refused
    return {item.clauses[0]: item.state for item in found.foreseen}


def test_an_empty_form_waits_for_every_ground(world: World) -> None:
    assert grounds(world) == dict.fromkeys(("16.i1", "16.i2", "16.i3", "16.i4"), "wait")


def test_a_ground_needs_both_halves(world: World) -> None:
    no = dict.fromkeys(FIELDS, "no")
    assert set(grounds(world, **no).values()) == {"ok"}
    half = {**no, "poor_performance": "yes"}
    assert set(grounds(world, **half).values()) == {"ok"}
    both = {**half, "targets_unreachable": "yes"}
    assert grounds(world, **both) == {"16.i3": "bad", "16.i1": "ok", "16.i2": "ok", "16.i4": "ok"}


def test_one_answer_can_settle_a_ground(world: World) -> None:
    some = grounds(world, deviates="no")
    assert some["16.i4"] == "ok"
    assert some["16.i1"] == "wait"


def test_one_of_two_answers_settles_an_or(world: World) -> None:
    """16(三): 实施不力，并且无法继续或目标不能实现; what is blank is neither yes nor no."""
    poor = {"poor_performance": "yes"}
    assert grounds(world, **poor, targets_unreachable="yes")["16.i3"] == "bad"
    assert grounds(world, **poor, cannot_continue="yes")["16.i3"] == "bad"
    assert grounds(world, **poor, targets_unreachable="no")["16.i3"] == "wait"
    assert grounds(world, **poor, cannot_continue="no", targets_unreachable="no")["16.i3"] == "ok"
    assert grounds(world, targets_unreachable="yes")["16.i3"] == "wait"


def test_a_change_after_the_fact_is_told_before_it_is_submitted(world: World) -> None:
    late = {"implementation_started": "yes", "implemented_on": "2025-07-01"}
    found = check(world, "human_resources", "change_review/fill_change", late)
    assert {item.clauses[0]: item.state for item in found.foreseen}["15.1.2"] == "bad"
    prior = check(
        world, "human_resources", "change_review/fill_change", {"implementation_started": "no"}
    )
    assert {item.state for item in prior.foreseen} == {"ok"}


def test_what_holds_is_named(world: World) -> None:
    found = check(world, "info_center", "termination/verify_grounds", dict.fromkeys(FIELDS, "yes"))
    assert [item.text for item in found.foreseen] == ["16(一)", "16(二)", "16(三)", "16(四)"]
