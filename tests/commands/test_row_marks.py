"""What lines of the inbox are marked with: 退回, 催办, 草稿."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from service.commands.return_task import return_task
from service.commands.save_draft import save_draft
from service.commands.urge_task import urge_task
from service.queries.inbox import inbox
from service.scenarios.looks import open_tasks
from service.store import tables as t
from service.store.session import begin, reading
from tests.commands.stand import at_opinions


@pytest.fixture
def world(database_url: str):
    made = at_opinions(database_url)
    yield made
    made.close()


def marks(world, unit: str) -> dict[str, tuple[str, ...]]:
    """Step → marks, as the unit's person sees his inbox."""
    with reading(world.engine) as connection:
        page = inbox(connection, world.of_unit(unit), "todo", now=world.now)
    return {row.step: row.marks for row in page.rows}


def test_lines_are_marked(world) -> None:
    finance, owner = world.of_unit("finance_bureau"), world.of_unit("civil_affairs")
    tasks = open_tasks(world, world.project_key())
    key = next(task.task_key for task in tasks if task.path.endswith("/finance_opinion"))
    step = "县财政局审核意见"
    assert marks(world, "finance_bureau") == {step: ()}
    with begin(world.engine) as connection:
        save_draft(connection, finance, key, {"leader": "高翔"}, now=world.now)
        urge_task(connection, owner, key, text="月底前要报市里", now=world.now)
    assert marks(world, "finance_bureau") == {step: ("催办", "草稿")}
    assert not any(marks(world, "drc").values())  # of others' tasks nothing

    with reading(world.engine) as connection:
        back = connection.execute(
            select(t.task.c.task_key).where(
                t.task.c.element_id == "fill_technical", t.task.c.status == "completed"
            )
        ).scalar_one()
    world.now += timedelta(minutes=5)
    with begin(world.engine) as connection:
        return_task(connection, finance, key, back, reason="请补充", now=world.now)
    assert list(marks(world, "civil_affairs").values()) == [("退回",)]
