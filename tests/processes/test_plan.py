"""The annual plan: each unit answers for itself, the deadline closes what is open, amendments ask some again."""

from __future__ import annotations

import pytest
from walk import Walk

from service.model.events import UserTaskCancelled, UserTaskCreated


def begun(*units: str) -> Walk:
    """A plan whose notice has gone to `units`."""
    walk = Walk("annual_plan", "2025-09-01")
    walk.do("annual_plan/draft_notice", plan_year=2026, units=list(units), deadline="2025-09-30")
    return walk


def test_each_unit_has_a_task_of_its_own() -> None:
    walk = begun("transport", "water")
    asked = [(e.unit, e.member) for e in walk.events if isinstance(e, UserTaskCreated)][1:]
    assert asked == [("transport", "transport"), ("water", "water")]
    walk.do("annual_plan/file_items[water]")
    assert walk.names() == ["annual_plan/file_items[transport]"]
    walk.do("annual_plan/file_items[transport]")
    assert walk.names() == ["annual_plan/review_items"]


@pytest.mark.parametrize("answered", [0, 1])
def test_the_deadline_closes_what_nobody_has_answered(answered: int) -> None:
    """The whole last day counts; afterwards no member of the multi-instance stays open."""
    walk = begun("transport", "water")
    if answered:
        walk.do("annual_plan/file_items[water]")
    walk.until("2025-09-30 23:59")
    assert len(walk.open) == 2 - answered
    walk.until("2025-10-01")
    assert walk.names() == ["annual_plan/review_items"]
    assert walk.happened(UserTaskCancelled, "file_items") == 2 - answered


def test_only_units_that_must_amend_are_asked_again() -> None:
    walk = begun("transport", "water")
    walk.until("2025-10-01")
    walk.do(
        "annual_plan/review_items", amend="yes", amend_units=["water"], amend_deadline="2025-10-15"
    )
    assert walk.names() == ["annual_plan/file_items[water]"]
    walk.until("2025-10-16")
    walk.do("annual_plan/review_items", amend="no")
    assert walk.names() == ["annual_plan/budget_items"]
