"""Rows of what people ask of each other around a task: opinions, questions, reading copies; who stands in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, update

from service.store import tables as t
from service.store.where import Where


def opinions_asked(connection: Connection, where: Where, task_key: str, said: Any) -> None:
    """People are asked about a task; `said` as the log has it under `asked`."""
    for person in said["people"]:
        row = {
            "consultation_key": person["key"],
            "task_key": task_key,
            "instance_key": where.instance_key,
            "project_key": where.project_key,
            "kind": said["kind"],
            "asked": person["account_key"],
            "asked_name": person["name"],
            "asked_unit": person["unit_name"],
            "by": where.account_key,
            "by_name": where.account_name,
            "text": said["text"],
            "at": where.at,
            "status": "open",
        }
        connection.execute(insert(t.consultation), row)


def opinion_ended(connection: Connection, where: Where, said: Mapping[str, Any]) -> None:
    """An opinion is given (`answered`) or no longer wanted (`dropped`); `said` as under `opinion`."""
    connection.execute(
        update(t.consultation)
        .where(t.consultation.c.consultation_key == said["key"])
        .values(status=said["status"], answer=said["text"], answered_at=where.at)
    )


def copied(connection: Connection, where: Where, task_key: str, said: Any) -> None:
    """People get a reading copy; `said` as the log has it under `copy`."""
    for person in said["people"]:
        row = {
            "copy_key": person["key"],
            "task_key": task_key,
            "instance_key": where.instance_key,
            "project_key": where.project_key,
            "to": person["account_key"],
            "to_name": person["name"],
            "by": where.account_key,
            "by_name": where.account_name,
            "text": said["text"],
            "at": where.at,
        }
        connection.execute(insert(t.reading_copy), row)


def copy_read(connection: Connection, where: Where, copy_key: str) -> None:
    """The receipt."""
    this = t.reading_copy.c.copy_key == copy_key
    connection.execute(update(t.reading_copy).where(this).values(read_at=where.at))


def stand_in_set(connection: Connection, where: Where, said: Mapping[str, Any]) -> None:
    """Somebody stands in; `said` as the log has it under `stand_in`."""
    row = {
        "stand_in_key": said["key"],
        "principal": said["principal"],
        "agent": said["agent"],
        "process_id": said["process"],
        "begins_at": datetime.fromisoformat(said["begins"]),
        "ends_at": datetime.fromisoformat(said["ends"]),
        "reason": said["reason"],
        "set_by": where.account_key,
        "set_at": where.at,
    }
    connection.execute(insert(t.stand_in), row)


def stand_in_ended(connection: Connection, where: Where, key: str) -> None:
    """He no longer does, from now on."""
    this = t.stand_in.c.stand_in_key == key
    connection.execute(update(t.stand_in).where(this).values(ends_at=where.at))
