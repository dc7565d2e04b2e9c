"""To which earlier steps the holder of a task can return it, and what each return would close."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from service.engine import Definition, Element, WayBack, ways_back
from service.queries.holders import holder_name
from service.recorded import past_of, restored
from service.store import tables as t
from service.store.register import unit_names


@dataclass(frozen=True)
class Offer:
    """An earlier step: `done_by`, `done_at` tell its last completion, `closes` the steps that would be closed.

    `unit`: whose part it is, where several units have one each; else empty.
    """

    way: WayBack
    name: str
    unit: str
    done_by: str
    done_at: datetime
    closes: tuple[str, ...]


def offers_from(connection: Connection, row: Any, element: Element) -> list[Offer]:
    """Steps to which the open task `row` can be returned, the latest first; none where the diagram says no."""
    if element.stands:
        return []
    past = past_of(connection, row.instance_key, row.project_key)
    ways = [
        way
        for way in ways_back(past, row.instance_key)
        if row.task_key not in way.open
        and not restored(connection, row.instance_key, row.project_key, way.undone).answers
    ]
    keys = [way.task_key for way in ways]
    done = {
        r.task_key: r for r in connection.execute(select(t.task).where(t.task.c.task_key.in_(keys)))
    }
    open_ = connection.execute(
        select(t.task).where(t.task.c.instance_key == row.instance_key, t.task.c.status == "open")
    ).all()
    definition = past[-1].definition if past else None
    units = unit_names(connection)
    found = []
    for way in reversed(ways):
        assert definition is not None
        closes = tuple(
            _step(definition, units, r)
            for r in open_
            if r.task_key not in way.open and r.task_key != row.task_key
        )
        mine = done[way.task_key]
        unit = holder_name(definition, units, mine.group_id, mine.unit_id) if mine.member else ""
        found.append(
            Offer(way, way.element.name, unit, mine.ended_by_name or "", mine.ended_at, closes)
        )
    return found


def _step(definition: Definition, units: dict[str, str], row: Any) -> str:
    """The step of a task, with the unit where several have one each."""
    name = definition.element(row.process_id, row.element_id).name
    unit = holder_name(definition, units, row.group_id, row.unit_id) if row.member else ""
    return f"{name}（{unit}）" if unit else name
