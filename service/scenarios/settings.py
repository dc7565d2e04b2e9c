"""How a story gives a setting another value: by the drawn process of the county, each unit by its own person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select

from service.commands.complete_task import complete_task
from service.commands.start_instance import start_instance
from service.model.actor import Actor
from service.model.errors import BadInput
from service.model.keys import new_key
from service.regulation.dates import local_date
from service.scenarios.acts import submission
from service.scenarios.world import World
from service.store import tables as t
from service.store.session import begin, reading


def set_settings(world: World, wanted: Mapping[str, Any]) -> Iterator[tuple[Actor, str]]:
    """Propose and co-sign each of `{name: value as people write it}`, in force from today; who did what.

    Raises BadInput for a county whose settings no process changes.
    """
    process_id = world.definition.settings_changed_by
    if process_id is None:
        raise BadInput("没有变更设置的流程。")
    for name, value in wanted.items():
        start = world.definition.processes[process_id].start
        actor = world.acting(None, start.lane_id or "", None)
        with begin(world.engine) as connection:
            started = start_instance(connection, actor, process_id, now=world.now)
        said = {
            "setting_id": name,
            "new_value": str(value),
            "effective_on": local_date(world.now).isoformat(),
        }
        yield from _carried(world, started.instance_key, said)


def _carried(
    world: World, instance_key: str, said: Mapping[str, str]
) -> Iterator[tuple[Actor, str]]:
    """Complete one open task after the other until none is left."""
    open_ = select(t.task).where(t.task.c.instance_key == instance_key, t.task.c.status == "open")
    while True:
        with reading(world.engine) as connection:
            row = connection.execute(open_.order_by(t.task.c.task_key)).first()
        if row is None:
            return
        element = world.definition.element(row.process_id, row.element_id)
        fields = world.definition.forms[element.form_id or ""].fields
        given = {key: text for key, text in said.items() if key in fields}
        actor = world.acting(None, row.group_id, None, row.person)
        with begin(world.engine) as connection:
            complete_task(
                connection,
                actor,
                row.task_key,
                submission(world, element, {"with": given}),
                now=world.now,
                idempotency_key=new_key("k"),
            )
        yield actor, f"{element.name}：{said['setting_id']} = {said['new_value']}"
