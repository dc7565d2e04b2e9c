"""Inspections and audits: beside the project, any number of times, with what follows from what they find."""

from __future__ import annotations

import pytest
from walk import Walk

from service.model.events import InstanceCompleted, MessageThrown, UserTaskCreated

AT = "2025-08-01"


def inspection(*, cooperates: bool = True, **facts: str) -> Walk:
    """An inspection of the transport bureau, up to its result."""
    walk = Walk(
        "supervision_inspection",
        AT,
        facts=facts,
        message="inspection_raised" if facts else None,
    )
    walk.do(
        "supervision_inspection/notify_inspection",
        inspected_unit="transport",
        deadline="2025-08-15",
    )
    if cooperates:
        walk.do("supervision_inspection/cooperate", accepted="yes")
    else:
        walk.until("2025-08-15 23:59")
        assert walk.names() == ["supervision_inspection/cooperate"]
        walk.until("2025-08-16")
    assert walk.names() == ["supervision_inspection/record_result"]
    return walk


def thrown(walk: Walk) -> list[str]:
    return [e.name for e in walk.events if isinstance(e, MessageThrown)]


def test_the_inspected_unit_is_asked_and_nobody_else() -> None:
    walk = inspection()
    (asked,) = [
        e for e in walk.events if isinstance(e, UserTaskCreated) and e.element_id == "cooperate"
    ]
    assert (asked.group_id, asked.unit) == ("project_owner", "transport")


def test_rectification_is_repeated_until_it_is_verified() -> None:
    """3.2.4."""
    walk = inspection(project_no="2025-0001")
    walk.do("supervision_inspection/record_result", result="rectify")
    for passed, then in (
        ("no", ["supervision_inspection/rectify_findings"]),
        ("yes", []),
    ):
        walk.do("supervision_inspection/rectify_findings")
        walk.do("supervision_inspection/verify_rectified", passed=passed)
        assert walk.names() == then
    assert isinstance(walk.events[-1], InstanceCompleted)


def test_who_refuses_the_inspection_may_lose_the_project() -> None:
    """16(四): not answering in time is no refusal by itself, the centre records what it was."""
    walk = inspection(cooperates=False, project_no="2025-0001")
    walk.do("supervision_inspection/record_result", result="refused")
    assert thrown(walk) == ["termination_motion"]


def test_work_without_approval_is_registered_and_handed_over() -> None:
    """Article 27, outside any project; no limit is set, so every case is recorded."""
    walk = inspection()
    walk.do(
        "supervision_inspection/record_result",
        result="unapproved_project",
        investment_yuan=1,
    )
    assert walk.value("liable") == ["项目建设单位主要负责人"]
    walk.do("accountability/record_case")
    walk.do("accountability/hand_over")
    assert isinstance(walk.events[-1], InstanceCompleted)
    assert thrown(walk) == []


@pytest.mark.parametrize("basis", ["none", "article_15"])
def test_audit_ends_when_what_it_asked_for_is_verified(basis: str) -> None:
    """S12: beside the project; a lead is passed on to the centre."""
    walk = Walk("audit_supervision", AT, message="audit_raised")
    walk.do("audit_supervision/define_scope")
    walk.do("audit_supervision/provide_material")
    walk.do(
        "audit_supervision/give_audit_opinion", needs_rectification="yes", liability_basis=basis
    )
    for accepted in ("no", "yes"):
        walk.do("audit_supervision/rectify_audited")
        walk.do("audit_supervision/verify_audited", accepted=accepted)
    assert walk.names() == ([] if basis == "none" else ["accountability/record_case"])
