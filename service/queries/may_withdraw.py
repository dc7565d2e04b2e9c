"""Whether a person can take his completion back now: for the button."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select

from service.engine import ways_back
from service.model.actor import Actor
from service.model.inputs import CompleteTask, ReturnTo
from service.recorded import past_of
from service.store import tables as t


def may_withdraw(connection: Connection, actor: Actor, row: Any) -> bool:
    """Whether nobody has acted on what followed from the completed task `row`, nor has it in hand."""
    if row.status != "completed" or row.ended_by != actor.account_key:
        return False
    running = select(t.instance.c.status).where(t.instance.c.instance_key == row.instance_key)
    if connection.execute(running).scalar_one() != "running":
        return False
    past = past_of(connection, row.instance_key, row.project_key)
    after = [p for p in past if p.at >= row.ended_at]
    way = next((w for w in ways_back(past, row.instance_key) if w.task_key == row.task_key), None)
    if way is None or any(
        p.seq in way.undone[1:] and isinstance(p.input, CompleteTask | ReturnTo) for p in after
    ):
        return False
    claimed = select(t.task.c.task_key).where(
        t.task.c.instance_key == row.instance_key,
        t.task.c.status == "open",
        t.task.c.assignee.is_not(None),
        t.task.c.task_key.not_in(way.open),
    )
    return connection.execute(claimed).first() is None
