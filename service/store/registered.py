"""Rows of the register: units and posts as they are saved."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Table, insert, update

from service.store import tables as t


def unit_saved(connection: Connection, row: dict[str, Any]) -> None:
    """A unit of the register is new or changed."""
    _saved(connection, t.unit, "unit_id", row)


def post_saved(connection: Connection, row: dict[str, Any]) -> None:
    """A post of the register is new or changed."""
    _saved(connection, t.post, "post_id", row)


def _saved(connection: Connection, table: Table, key: str, row: dict[str, Any]) -> None:
    known = update(table).where(table.c[key] == row[key]).values(row)
    if connection.execute(known).rowcount == 0:
        connection.execute(insert(table).values(row))
