"""Trial run: three months by the civil code, rectification and self-check on the way."""

from __future__ import annotations

from acceptance_steps import rectify
from walk import Walk

from service.model.events import InstanceCompleted


def test_trial_ends_on_the_day_after_three_months() -> None:
    """S04, N04: passed on 2025-11-30, last day 2026-02-28."""
    walk = Walk(
        "trial_run",
        "2025-11-30",
        variables={"preliminary_passed_on": "2025-11-30", "open_issues": "some"},
    )
    assert str(walk.value("trial_last_day")) == "2026-02-28"
    assert walk.names() == ["rectification/submit_rectification", "trial_run/record_trial"]
    walk.until("2025-12-31")
    walk.do("trial_run/record_trial", trial_ending="no")
    walk.until("2026-01-15")
    rectify(walk)
    assert walk.value("open_issues") == "none"
    walk.until("2026-02-20")
    walk.do("trial_run/self_check", self_check="pass")
    assert walk.names() == ["trial_run/record_trial"]

    walk.until("2026-02-28 23:59")
    assert walk.refusals("trial_run/record_trial", trial_ending="yes") == {"19.1.14"}
    walk.do("trial_run/record_trial", trial_ending="no")
    walk.until("2026-03-01 00:00")
    assert walk.value("trial") == "elapsed"
    walk.do("trial_run/record_trial", trial_ending="yes")
    assert walk.value("project_phase") == "final_acceptance"
    assert isinstance(walk.events[-1], InstanceCompleted)


def test_failed_self_check_is_rectified_and_repeated() -> None:
    walk = Walk(
        "trial_run",
        "2025-11-30",
        variables={"preliminary_passed_on": "2025-11-30", "open_issues": "none"},
    )
    assert walk.names() == ["trial_run/record_trial", "trial_run/self_check"]
    walk.do("trial_run/self_check", self_check="fail")
    rectify(walk)
    assert "trial_run/self_check" in walk.names()
    walk.do("trial_run/self_check", self_check="pass")
    assert walk.names() == ["trial_run/record_trial"]
