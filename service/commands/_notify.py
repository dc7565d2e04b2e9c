"""A notice for candidate groups: the event `keep_notice` and its rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from service.commands._locked import Locked
from service.engine import Definition
from service.model.actor import SYSTEM
from service.model.keys import new_key
from service.model.values import to_json
from service.store import history
from service.store.facts import unit_for
from service.store.projections import notice_kept
from service.store.where import Where


@dataclass(frozen=True)
class Notice:
    """What is told: its name, the element it comes from, fields, for which groups, about which task."""

    name: str
    element_id: str
    payload: Mapping[str, Any]
    to: tuple[tuple[str, str | None], ...]
    task_key: str | None = None


def keep_notice(connection: Connection, source: Locked, notice: Notice, now: datetime) -> None:
    """Write a notice of an instance that this transaction holds."""
    payload = {name: to_json(value) for name, value in notice.payload.items()}
    said = {
        "key": new_key("n"),
        "name": notice.name,
        "payload": payload,
        "task": notice.task_key,
        "to": [list(group) for group in notice.to],
    }
    history.append(
        connection,
        at=now,
        act="keep_notice",
        instance_key=source.instance_key,
        project_key=source.project_key,
        body={"process": source.process_id, "element": notice.element_id, "notice": said},
    )
    where = Where(source.instance_key, source.project_key, now, SYSTEM.account_key, SYSTEM.name)
    notice_kept(connection, where, said)


def addressed(
    connection: Connection, source: Locked, groups: Iterable[str]
) -> tuple[tuple[str, str | None], ...]:
    """Groups with the unit that each means in the project (None: the county's own)."""
    definition: Definition = source.definition
    return tuple(
        (
            group,
            None
            if definition.groups.groups[group].unit_id
            else unit_for(connection, source.project_key, group),
        )
        for group in dict.fromkeys(groups)
    )
