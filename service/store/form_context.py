"""What a form's expressions and option lists see: variables, facts, settings, the register, who takes part."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, bindparam, select

from service.regulation.lists import RecordedList
from service.store import tables as t
from service.store.prepared import Prepared
from service.store.recorded import recorded_options
from service.store.register import lists_for

_PARTICIPANTS = Prepared(
    select(t.participant.c.group_id, t.participant.c.unit_id).where(
        t.participant.c.project_key == bindparam("project")
    )
)


def form_context(
    connection: Connection,
    wanted: Iterable[str],
    surroundings: Mapping[str, Any],
    recorded: Mapping[str, RecordedList],
    task: Any,
    values: Mapping[str, Any],
) -> dict[str, Any]:
    """The context of a form at a `task` (a row): `values` are facts and variables, `wanted` its lists,
    `surroundings` what the definition gives to every form (settings), `recorded` the lists that the record gives.

    `participants` maps a candidate group to the unit that it means in the project.
    """
    return {
        **values,
        **lists_for(connection, wanted),
        **{n: recorded_options(connection, recorded[n]) for n in recorded.keys() & set(wanted)},
        **surroundings,
        "member": task.member,
        "participants": participants_of(connection, task.project_key),
    }


def participants_of(connection: Connection, project_key: str | None) -> dict[str, str]:
    """Candidate group → unit of a project."""
    rows = _PARTICIPANTS.all(connection, {"project": project_key})
    return {row.group_id: row.unit_id for row in rows}
