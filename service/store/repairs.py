"""Rows of emergency repairs: proposed by one administrator, carried out or refused by another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, insert, update

from service.store import tables as t
from service.store.where import Where


def repair_proposed(connection: Connection, where: Where, body: Mapping[str, Any]) -> None:
    """Somebody proposes; `body` as the log has it."""
    said = body["repair"]
    row = {
        "repair_key": said["key"],
        "project_key": where.project_key,
        "instance_key": said["instance"],
        "kind": said["kind"],
        "target": said["target"],
        "words": said["words"],
        "seen": said["seen"],
        "reason": body["reason"],
        "status": "open",
        "proposed_by": where.account_key,
        "proposed_by_name": where.account_name,
        "proposed_at": where.at,
    }
    connection.execute(insert(t.repair), row)


def repair_decided(connection: Connection, where: Where, key: str, *, done: bool, why: str) -> None:
    """Somebody else has carried it out (`done`), or refused it and said why."""
    values = {
        "status": "done" if done else "refused",
        "decided_by": where.account_key,
        "decided_by_name": where.account_name,
        "decided_at": where.at,
        "why": why,
    }
    connection.execute(update(t.repair).where(t.repair.c.repair_key == key).values(**values))
