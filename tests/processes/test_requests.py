"""Requests beside the project: extension, incident, change."""

from __future__ import annotations

from decimal import Decimal

import pytest
from walk import Walk

from service.model.errors import Refused
from service.model.events import InstanceCompleted, MessageThrown


def extension(now: str, **payload: str) -> Walk:
    """A request while the works should be accepted by 2025-12-31."""
    return Walk(
        "extension_request",
        now,
        facts={"project_planned_acceptance_on": "2025-12-31"},
        variables=payload,
        message="extension_requested",
    )


def test_extension_moves_the_planned_date_when_it_is_agreed() -> None:
    """S10: asked for on 12-20, agreed on 12-25."""
    walk = extension("2025-12-20")
    walk.do("extension_request/request_extension", new_date="2026-02-28")
    walk.until("2025-12-25")
    walk.do(
        "extension_request/decide_extension",
        extension_result="agree",
        approved_date="2026-02-28",
    )
    assert str(walk.facts["project_planned_acceptance_on"]) == "2026-02-28"
    refused = extension("2025-12-20")
    refused.do("extension_request/request_extension", new_date="2026-02-28")
    refused.do("extension_request/decide_extension", extension_result="disagree")
    assert str(refused.facts["project_planned_acceptance_on"]) == "2025-12-31"


def test_prompt_needs_no_answer_when_the_date_was_moved_already() -> None:
    assert extension("2025-12-30", prompted="yes").open == {}
    assert extension("2026-01-01", prompted="yes").names() == [
        "extension_request/request_extension"
    ]


def test_incident_reaches_three_units_at_once_and_may_end_in_a_motion() -> None:
    """S07: three units; the centre decides whether to move for termination."""
    for disposition, thrown in (("terminate", ["termination_motion"]), ("continue", [])):
        walk = Walk("incident_report", "2025-09-01", message="incident_raised")
        walk.do("incident_report/report_incident")
        assert walk.names() == [
            "incident_report/propose_disposition",
            "incident_report/receive_drc",
            "incident_report/receive_finance",
        ]
        walk.do("incident_report/receive_finance")
        walk.do("incident_report/propose_disposition", disposition=disposition)
        walk.do("incident_report/receive_drc")
        assert [e.name for e in walk.events if isinstance(e, MessageThrown)] == thrown
        assert isinstance(walk.events[-1], InstanceCompleted)


def change(level: str = "minor", **answers: str) -> Walk:
    """A change of a project under construction, filled in on 2025-08-20."""
    walk = Walk(
        "change_request",
        "2025-08-20",
        facts={
            "project_phase": "construction",
            "project_contract_yuan": 450000,
            "project_indicator_yuan": 460000,
        },
        message="change_requested",
    )
    walk.do("change_review/fill_change", change_level=level, amount_delta_yuan=5000, **answers)
    return walk


def test_change_that_was_already_made_is_refused_and_registered() -> None:
    """N02: nobody can go on with it, not even when the project ends meanwhile."""
    walk = change(implementation_started="yes", implemented_on="2025-08-01")
    assert walk.names() == ["accountability/record_case"]
    with pytest.raises(Refused):
        walk.signal("project_terminated")
    walk.do("accountability/record_case")
    walk.do("accountability/hand_over")
    assert isinstance(walk.events[-1], InstanceCompleted)


def test_change_outside_the_implementation_is_refused_without_blame() -> None:
    """15.1.4 blames who changed without asking, not who asked too late."""
    walk = Walk(
        "change_request",
        "2026-08-20",
        facts={"project_phase": "warranty"},
        message="change_requested",
    )
    walk.do("change_review/fill_change", change_level="minor", implementation_started="no")
    assert walk.open == {}
    assert isinstance(walk.events[-1], InstanceCompleted)


def test_change_lapses_with_the_project() -> None:
    walk = change(implementation_started="no")
    assert walk.names() == ["change_review/give_opinion"]
    walk.signal("project_terminated")
    assert walk.open == {}


def test_major_change_needs_the_units_and_the_leading_group_and_leaves_the_phase_alone() -> None:
    walk = change("major", implementation_started="no")
    walk.do("change_review/give_opinion")
    walk.do("joint_review/drc_opinion", op_drc="agree")
    walk.do("joint_review/finance_opinion", op_fin="agree")
    walk.do("joint_review/info_center_opinion", op_center="agree")
    walk.do("joint_review/write_joint_opinion", joint_result="agree")
    walk.do("leading_group_decision/prepare_agenda")
    walk.do("leading_group_decision/decide_project", lg_decision="approved")
    walk.do("leading_group_decision/issue_notice")
    walk.do("change_review/approve_change")
    assert walk.open == {}
    assert walk.facts["project_contract_yuan"] == Decimal(455000)
    assert walk.facts["project_phase"] == "construction"
