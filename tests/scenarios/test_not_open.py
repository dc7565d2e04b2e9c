"""What is said of a task that is not open: what became of it, and only the timers on the way to it."""

import pytest

from service.commands.explain_not_open import explain_not_open
from service.config import project_root
from service.engine import compile_bundle, leads_to
from service.model.bundle import read_bundle
from service.scenarios.runner import run_story
from service.scenarios.stands import open_world
from service.scenarios.story import read_story
from service.store.session import reading

LEADS = [
    ("trial_run/trial_elapsed", "final_acceptance/apply", True),
    ("trial_run/trial_elapsed", "archiving/confirm_catalogue", True),
    ("termination_settlement/cause_missing", "termination_settlement/propose_disposal", True),
    ("termination_settlement/cause_missing", "termination/verify_grounds", False),
    ("joint_review/info_center_overdue", "joint_review/write_joint_opinion", False),
    ("joint_review/info_center_overdue", "leading_group_decision/decide_project", False),
    ("final_acceptance/planned_date_passed", "final_acceptance/form_final_opinion", False),
]


@pytest.mark.parametrize(("timer", "task", "leads"), LEADS)
def test_which_timers_lie_on_the_way(timer: str, task: str, leads: bool) -> None:
    definition = compile_bundle(read_bundle(project_root()))
    place, wanted = (definition.element(*path.split("/")) for path in (timer, task))
    assert leads_to(definition, place, wanted) is leads


def test_a_motion_cancelled_by_the_decision_says_so_and_names_no_other_wait(place: str) -> None:
    story = read_story(project_root() / "processes/scenarios/two_motions_at_once.yaml")
    world = open_world(place, project_root(), story)
    try:
        assert run_story(story, world).ok
        with reading(world.engine) as connection:
            said = explain_not_open(
                connection, world.project_key(), "termination", "verify_grounds"
            )
            later = explain_not_open(
                connection, world.project_key(), "termination_settlement", "recover_funds"
            )
    finally:
        world.close()
    assert [r.text for r in said.reasons] == ["“核实终止情形”已经随流程取消"]
    assert any("逾期未报送" in r.text for r in later.reasons)
