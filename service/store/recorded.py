"""Options of a form that stand in the record: rows of what was submitted and has been decided."""

from __future__ import annotations

import json

from sqlalchemy import Connection, bindparam, select

from service.regulation.lists import RecordedList
from service.store import tables as t
from service.store.prepared import Prepared

_SUBMITTED = Prepared(
    select(t.submission.c.instance_key, t.submission.c.content)
    .join(t.task, t.task.c.task_key == t.submission.c.task_key)
    .join(t.instance, t.instance.c.instance_key == t.submission.c.instance_key)
    .where(
        t.task.c.process_id == bindparam("process"),
        t.task.c.element_id == bindparam("element"),
        t.instance.c.status == "completed",
    )
    .order_by(t.submission.c.submitted_at, t.submission.c.submission_key)
)


def recorded_options(connection: Connection, wanted: RecordedList) -> list[dict[str, str]]:
    """`[{value, label}]` of a recorded list, the oldest first; a value that comes again keeps its newest label."""
    where = {"process": wanted.process_id, "element": wanted.element_id}
    last = {row.instance_key: row.content for row in _SUBMITTED.all(connection, where)}
    found: dict[str, str] = {}
    for content in last.values():
        for row in json.loads(content).get(wanted.rows) or ():
            value = str(row.get(wanted.value) or "")
            if value:
                found[value] = " ".join(str(row[key]) for key in wanted.label if row.get(key))
    return [{"value": value, "label": label} for value, label in found.items()]
