"""Steps that several stories of the acceptance share."""

from __future__ import annotations

from walk import Walk

PASSED_TESTS = {"function_performance_result": "pass", "security_test_result": "pass"}
GROUP = {
    "designer_unit": "u_design",
    "inspector_unit": "u_inspect",
    "user_department_unit": "u_user",
    "surveyor_unit": "u_survey",
    "experts": ["expert_pool", "expert_pool_2", "expert_pool_3"],
}
PRELIMINARY = [
    "contractor",
    "designer",
    "project_owner",
    "quality_inspector",
    "supervisor",
    "user_unit",
]
FINAL = [
    "contractor",
    "designer",
    "expert_pool",
    "expert_pool_2",
    "expert_pool_3",
    "project_owner",
    "quality_inspector",
    "supervisor",
]


def share(walk: Walk, result: str = "shared") -> None:
    """The owner hands in the catalogue, the centre verifies."""
    walk.do("data_sharing_check/submit_catalogue")
    walk.do("data_sharing_check/verify_sharing", data_sharing_result=result)


def rectify(walk: Walk) -> None:
    """Rectified, reviewed by the supervisor, verified by the owner."""
    walk.do("rectification/submit_rectification")
    walk.do("rectification/review_rectification", agreed="yes")
    walk.do("rectification/verify_rectification", rectified="yes")


def members(walk: Walk, process_id: str) -> list[str]:
    """Everybody in the group signs; the list of who had to."""
    prefix = f"{process_id}/sign_member_opinion["
    waiting = [name for name in walk.names() if name.startswith(prefix)]
    for name in waiting:
        walk.do(name, conclusion="pass")
    return [name.removeprefix(prefix).rstrip("]") for name in waiting]


def accept_preliminary(walk: Walk, result: str, *, infrastructure: str = "no") -> list[str]:
    """From the application to the seal."""
    walk.do(
        "preliminary_acceptance/apply",
        **PASSED_TESTS,
        has_infrastructure=infrastructure,
    )
    share(walk)
    walk.do("preliminary_acceptance/organise_preliminary", **GROUP)
    signed = members(walk, "preliminary_acceptance")
    walk.do("preliminary_acceptance/summarise_opinion", prelim_result=result)
    walk.do("preliminary_acceptance/seal_opinion")
    return signed


def final_walk(now: str, **variables: object) -> Walk:
    """At the final application, everything before it in order, unless told otherwise."""
    before = {
        "trial_last_day": "2026-02-28",
        "security_test_result": "pass",
        "data_sharing_result": "shared",
        "open_issues": "none",
        "self_check": "pass",
        "has_infrastructure": "no",
    }
    return Walk(
        "final_acceptance",
        now,
        variables={**before, **variables},
        facts={"project_planned_acceptance_on": "2026-06-30"},
    )
