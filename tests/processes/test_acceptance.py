"""Preliminary and final acceptance by the engine alone: groups, refusals, ways back."""

from __future__ import annotations

from acceptance_steps import (
    FINAL,
    GROUP,
    PASSED_TESTS,
    PRELIMINARY,
    accept_preliminary,
    final_walk,
    members,
    rectify,
    share,
)
from walk import Walk

from service.model.events import MessageThrown, UserTaskCreated


def test_preliminary_group_has_six_categories_and_seven_with_infrastructure() -> None:
    walk = Walk("preliminary_acceptance", "2025-11-10", variables={"verified_percent": 100})
    assert accept_preliminary(walk, "pass_with_issues") == PRELIMINARY
    assert walk.value("open_issues") == "some"
    assert walk.value("project_status") == "试运行"
    assert walk.units["quality_inspector"] == "u_inspect"

    walk = Walk("preliminary_acceptance", "2025-11-05", variables={"verified_percent": 100})
    signed = accept_preliminary(walk, "pass", infrastructure="yes")
    assert signed == sorted([*PRELIMINARY, "surveyor"])


def test_preliminary_application_is_refused_with_the_clause_of_what_is_missing() -> None:
    walk = Walk("preliminary_acceptance", "2025-11-10", variables={"verified_percent": 95})
    task = "preliminary_acceptance/apply"
    tests = {**PASSED_TESTS, "has_infrastructure": "no"}
    assert walk.refusals(task, **tests) == {"19.1.2"}
    tests["function_performance_result"] = "fail"
    tests["security_test_result"] = "fail"
    assert {"19.1.2", "19.1.3", "19.1.4"} <= walk.refusals(task, **tests)


def test_failed_preliminary_is_rectified_and_applied_for_again() -> None:
    """S09: failed on 10-08, passed on 11-12; the trial counts from the second."""
    walk = Walk("preliminary_acceptance", "2025-10-08", variables={"verified_percent": 100})
    accept_preliminary(walk, "fail", infrastructure="yes")
    assert walk.names() == ["rectification/submit_rectification"]
    walk.until("2025-10-28")
    rectify(walk)
    walk.until("2025-11-12")
    accept_preliminary(walk, "pass", infrastructure="yes")
    assert str(walk.value("preliminary_passed_on")) == "2025-11-12"

    trial = Walk(
        "trial_run",
        "2025-11-12",
        variables={"preliminary_passed_on": "2025-11-12", "open_issues": "none"},
    )
    assert str(trial.value("trial_last_day")) == "2026-02-12"


def test_unshared_data_is_refused_at_both_stages() -> None:
    """N03."""
    veto = {"19.1.35", "4.1.5", "19.1.36"}
    walk = Walk("preliminary_acceptance", "2025-11-10", variables={"verified_percent": 100})
    walk.do("preliminary_acceptance/apply", **PASSED_TESTS, has_infrastructure="no")
    share(walk, "not_shared")
    assert walk.names() == ["preliminary_acceptance/fix_data_sharing"]
    assert veto <= walk.refusals(
        "preliminary_acceptance/fix_data_sharing", sharing_status="not_shared"
    )
    walk.do("preliminary_acceptance/fix_data_sharing", sharing_status="shared")
    share(walk, "legally_exempt")
    assert walk.names() == ["preliminary_acceptance/organise_preliminary"]

    walk = final_walk("2026-03-01")
    walk.do("final_acceptance/apply", application_date="2026-03-01")
    share(walk, "not_shared")
    assert veto <= walk.refusals("final_acceptance/fix_data_sharing", sharing_status="not_shared")
    assert walk.happened(UserTaskCreated, "organise_final") == 0

    walk = final_walk("2026-03-01", data_sharing_result="not_shared")
    refused = walk.refusals("final_acceptance/apply", application_date="2026-03-01")
    assert veto <= refused


def test_final_application_is_refused_until_the_trial_is_over_and_may_not_be_antedated() -> None:
    """N04: refused on 2026-02-28, allowed on 2026-03-01."""
    task = "final_acceptance/apply"
    early = final_walk("2026-02-28")
    assert "19.1.14" in early.refusals(task, application_date="2026-02-28")
    assert "19.1.14" in early.refusals(task, application_date="2026-03-01")

    walk = final_walk("2026-03-01")
    assert "19.1.14" in walk.refusals(task, application_date="2026-02-28")
    later = final_walk("2026-03-09")
    assert later.refusals(task, application_date="2026-03-05") == {"19.1.14", "19.1.18"}
    assert walk.refusals(task, application_date="2026-03-01") == set()
    unready = final_walk("2026-03-01", open_issues="some", self_check="fail")
    assert unready.refusals(task, application_date="2026-03-01") == {"19.1.15", "19.1.16"}


def test_final_acceptance_to_the_report_and_three_years_of_warranty() -> None:
    """S04: passed on 2026-03-18, report on 03-25, warranty until 2029-03-18."""
    walk = final_walk("2026-03-01")
    walk.do("final_acceptance/apply", application_date="2026-03-01")
    share(walk)
    walk.until("2026-03-18")
    walk.do("final_acceptance/organise_final", **GROUP)
    assert members(walk, "final_acceptance") == FINAL
    walk.do("final_acceptance/form_final_opinion", final_result="pass")
    walk.until("2026-03-25")
    walk.do("final_acceptance_report/submit_report")
    walk.do("final_acceptance_report/receive_report", report_complete="no")
    walk.do("final_acceptance_report/submit_report")
    walk.do("final_acceptance_report/receive_report", report_complete="yes")
    assert str(walk.value("final_passed_on")) == "2026-03-18"
    assert walk.value("project_status") == "保修中"
    assert len(walk.value("report_documents")) == 11

    warranty = Walk(
        "warranty",
        "2026-03-25",
        variables={"final_passed_on": "2026-03-18", "warranty_months": 36},
    )
    assert str(warranty.value("project_warranty_last_day")) == "2029-03-18"
    warranty.until("2029-03-18 23:59")
    assert warranty.names() == []
    warranty.until("2029-03-19 00:00")
    assert warranty.names() == ["warranty/write_summary"]


def test_final_issues_are_rectified_before_the_report_and_failure_means_a_new_application() -> None:
    walk = final_walk("2026-03-01")
    for result in ("fail", "pass_with_issues"):
        walk.do("final_acceptance/apply", application_date="2026-03-01")
        share(walk)
        walk.do("final_acceptance/organise_final", **GROUP)
        members(walk, "final_acceptance")
        walk.do("final_acceptance/form_final_opinion", final_result=result)
        assert walk.names() == ["rectification/submit_rectification"]
        rectify(walk)
    assert walk.names() == ["final_acceptance_report/submit_report"]
    assert "rectification_report_file" in walk.value("report_documents")


def test_planned_date_passed_prompts_an_extension_once() -> None:
    walk = final_walk("2026-03-01")
    walk.do("final_acceptance/apply", application_date="2026-03-01")
    share(walk)
    walk.until("2026-07-02")
    prompts = [e for e in walk.events if isinstance(e, MessageThrown)]
    assert [e.name for e in prompts] == ["extension_requested"]
    assert walk.names() == ["final_acceptance/organise_final"]
