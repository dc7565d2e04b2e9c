"""现在缺什么 and the list of materials: papers that the answers given so far make unnecessary are not asked for."""

import pytest

from service.commands.save_draft import save_draft
from service.config import project_root
from service.queries.projects import project_detail
from service.queries.still_missing import still_missing
from service.queries.task_detail import task_detail
from service.queries.task_materials import task_materials
from service.scenarios.stands import open_world
from service.scenarios.story import read_story
from service.scenarios.world import World
from service.store.session import begin, reading

APPROVALS = {"energy_assessment_file", "site_selection_file", "land_review_file"}


@pytest.fixture
def world(place: str):
    """A project whose application for 立项 is open (article 10: only some projects need approvals)."""
    story = read_story(
        project_root() / "processes/scenarios/high_energy_needs_energy_assessment.yaml"
    )
    made = open_world(place, project_root(), story)
    yield made
    made.close()


def _asked(world: World) -> tuple[set[str], set[str]]:
    """What the project page and the task page ask for."""
    with reading(world.engine) as connection:
        key = str(world.project_key())
        first = project_detail(connection, world.people["info_center"], key, now=world.now)
        holder = first.holders[0]
        owner = world.of_unit(holder.who)
        found = still_missing(connection, owner, first.holders, now=world.now)
        detail = task_detail(connection, owner, holder.task_key, now=world.now)
        panel = task_materials(detail, detail.draft or {}, now=world.now)
    return {m.key for one in found for m in one.materials}, {
        m.key for m in panel if m.state == "missing"
    }


def _typed(world: World, **values: str) -> None:
    with begin(world.engine) as connection:
        key = str(world.project_key())
        first = project_detail(connection, world.people["info_center"], key, now=world.now)
        holder = first.holders[0]
        owner = world.of_unit(holder.who)
        save_draft(connection, owner, holder.task_key, values, now=world.now)


def test_approvals_are_asked_for_only_when_the_answers_need_them(world: World) -> None:
    for asked in _asked(world):
        assert not asked & APPROVALS
    _typed(world, has_civil_works="no", high_energy="yes")
    for asked in _asked(world):
        assert asked & APPROVALS == {"energy_assessment_file"}
    _typed(world, has_civil_works="yes", high_energy="no")
    for asked in _asked(world):
        assert asked & APPROVALS == APPROVALS
