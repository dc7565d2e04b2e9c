"""Rows of a project: its facts, and which unit each group means in it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, or_, select, update

from service.model import events
from service.model.spelling import spelled
from service.model.values import canonical_json, from_json, to_json
from service.store import tables as t
from service.store.prepared import Prepared
from service.store.where import Where

_THIS = t.project.c.project_key == bindparam("key")
_BOUND = (t.participant.c.project_key == bindparam("key")) & (
    t.participant.c.group_id == bindparam("group")
)
# columns that searches need, and the facts that they show
COUNTABLE = Decimal(10) ** 15
COLUMNS = {"name": "project_name", "status": "project_status"}

_BEGIN = Prepared(
    insert(t.project), "project_key", "no", "unit_id", "facts", "created_at", "order_at"
)
_READ = Prepared(select(t.project.c.facts).where(_THIS))
_SET: dict[tuple[str, ...], Prepared] = {
    columns: Prepared(
        update(t.project).where(_THIS),
        "facts",
        *columns,
        *(("spelling",) if "name" in columns else ()),
    )
    for columns in ((), ("name",), ("status",), ("name", "status"))
}
_NO_AMOUNT = Prepared(
    delete(t.project_amount).where(
        t.project_amount.c.project_key == bindparam("key"),
        t.project_amount.c.name == bindparam("name"),
    )
)
_AMOUNT = Prepared(insert(t.project_amount), "project_key", "name", "fen")
_UNIT = Prepared(select(t.participant.c.unit_id).where(_BOUND))
_UNBIND = Prepared(delete(t.participant).where(_BOUND))
_BIND = Prepared(insert(t.participant), "project_key", "group_id", "unit_id")
_WAITING_TASKS = Prepared(
    update(t.task).where(
        t.task.c.project_key == bindparam("key"),
        t.task.c.group_id == bindparam("group"),
        t.task.c.status == "open",
        or_(t.task.c.unit_id.is_(None), t.task.c.unit_id != bindparam("unit")),
    ),
    "unit_id",
    "assignee",
    "assignee_name",
    "claimed_at",
)
_THEIR_DRAFTS = Prepared(
    delete(t.draft).where(
        t.draft.c.task_key.in_(
            select(t.task.c.task_key).where(
                t.task.c.project_key == bindparam("key"),
                t.task.c.group_id == bindparam("group"),
                t.task.c.status == "open",
                t.task.c.unit_id != bindparam("unit"),
            )
        )
    )
)


def facts_of(connection: Connection, project_key: str | None) -> dict[str, Any]:
    """The facts of a project by name; of none when there is no project."""
    if project_key is None:
        return {}
    row = _READ.first(connection, {"key": project_key})
    assert row is not None
    return facts_from(row.facts)


def facts_from(raw: str) -> dict[str, Any]:
    """The facts in the text of a project's row."""
    return {name: from_json(value) for name, value in json.loads(raw).items()}


def _text(facts: Mapping[str, Any]) -> str:
    return canonical_json({name: to_json(value) for name, value in facts.items()}).decode()


def project_begun(
    connection: Connection, project_key: str, *, no: str, unit_id: str, at: datetime
) -> None:
    """A project has its number."""
    row = {
        "project_key": project_key,
        "no": no,
        "unit_id": unit_id,
        "facts": _text({"project_no": no}),
        "created_at": at,
        "order_at": t.NO_DUE,
    }
    _BEGIN.run(connection, row)


def facts_set(connection: Connection, where: Where, event: events.FactsSet) -> None:
    """The project has these facts too; `where.facts` knows them from now on."""
    where.facts.update(event.facts)
    if where.project_key is None:
        return
    row: dict[str, Any] = {"key": where.project_key, "facts": _text(where.facts)}
    changed = tuple(column for column, name in COLUMNS.items() if name in event.facts)
    for column in changed:
        row[column] = str(event.facts[COLUMNS[column]] or "")
    if "name" in changed:
        row["spelling"] = spelled(row["name"])
    _SET[changed].run(connection, row)
    for name, value in event.facts.items():
        if value is None or isinstance(value, Decimal):
            _amount_set(connection, where.project_key, name, value)


def _amount_set(connection: Connection, project_key: str, name: str, value: Decimal | None) -> None:
    """A number among the facts, to hundredths, where the database can sum it."""
    _NO_AMOUNT.run(connection, {"key": project_key, "name": name})
    if value is not None and abs(value) < COUNTABLE:
        fen = int(value.scaleb(2).to_integral_value())
        _AMOUNT.run(connection, {"project_key": project_key, "name": name, "fen": fen})


def unit_for(connection: Connection, project_key: str | None, group_id: str) -> str | None:
    """The unit that a group means in a project, when the project has said so."""
    if project_key is None:
        return None
    row = _UNIT.first(connection, {"key": project_key, "group": group_id})
    return None if row is None else str(row.unit_id)


def participant_assigned(
    connection: Connection, where: Where, event: events.ParticipantAssigned
) -> None:
    """A group means a unit; open tasks of the group are now this unit's.

    What the unit before it had claimed is free again, and what it had drafted is gone.
    """
    if where.project_key is None:
        return
    this = {
        "key": where.project_key,
        "group": event.group_id,
        "unit": event.unit_id,
        "unit_id": event.unit_id,
        "assignee": None,
        "assignee_name": None,
        "claimed_at": None,
    }
    _THEIR_DRAFTS.run(connection, this)
    _UNBIND.run(connection, this)
    _BIND.run(
        connection,
        {
            "project_key": where.project_key,
            "group_id": event.group_id,
            "unit_id": event.unit_id,
        },
    )
    _WAITING_TASKS.run(connection, this)
