"""When the contractor changes, his open tasks go over; what he had claimed and drafted is not his any more."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from service.commands.claim_task import claim_task
from service.commands.complete_task import complete_task
from service.commands.save_draft import save_draft
from service.model.errors import NotFound
from service.queries.rebuild import differences
from service.queries.task_detail import task_detail
from service.scenarios.looks import open_task
from service.scenarios.world import World
from service.store import tables as t
from service.store.session import begin, reading
from tests.papers.stand import after, go_on

REPORT = "construction_progress/report_progress"
CHANGE = """
- start: change_request
- do: change_review/fill_change
  with: {change_type: [contractor], contractor_new: weihe_systems, contractor_qualified: "yes", change_level: minor, amount_delta_yuan: "0.00", due_on_new: null, implementation_started: "no"}
- do: change_review/give_opinion
- do: joint_review/info_center_opinion
- do: joint_review/drc_opinion
- do: joint_review/finance_opinion
- do: joint_review/write_joint_opinion
- do: change_review/approve_change
"""


@pytest.fixture
def world(place: str) -> Iterator[World]:
    made = after(place, "half_built")
    yield made
    made.close()


def test_tasks_claims_and_drafts(world: World, tmp_path: Path) -> None:
    old, new = world.of_unit("qinling_software"), world.of_unit("weihe_systems")
    task = open_task(world, world.project_key(), REPORT)
    assert task is not None and task.unit_id == "qinling_software"
    with begin(world.engine) as connection:
        claim_task(connection, old, task.task_key, now=world.now)
    with begin(world.engine) as connection:
        save_draft(connection, old, task.task_key, {"completion_percent": "60"}, now=world.now)
    go_on(world, tmp_path, CHANGE)
    with reading(world.engine) as connection:
        row = connection.execute(select(t.task).where(t.task.c.task_key == task.task_key)).one()
        drafts = connection.execute(select(func.count()).select_from(t.draft)).scalar_one()
        assert (row.unit_id, row.assignee, row.claimed_at) == ("weihe_systems", None, None)
        assert drafts == 0
        with pytest.raises(NotFound):
            task_detail(connection, old, task.task_key, now=world.now)
        assert task_detail(connection, new, task.task_key, now=world.now).row.status == "open"
        assert list(differences(connection)) == []
    with pytest.raises(NotFound), begin(world.engine) as connection:
        complete_task(connection, old, task.task_key, {}, now=world.now)
    go_on(world, tmp_path, f"- do: {REPORT}\n  by: 渭河系统集成有限公司\n")
