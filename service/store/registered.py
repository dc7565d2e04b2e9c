"""Rows of the register: units and posts as they are saved."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Table, bindparam, insert, update

from service.model.spelling import spelled
from service.store import tables as t
from service.store.prepared import Prepared


class _Register:
    """A table of the register whose rows are new or changed."""

    def __init__(self, table: Table, key: str) -> None:
        self._key = key
        names = table.columns.keys()
        this = table.c[key] == bindparam("this")
        self._known = Prepared(update(table).where(this), *(n for n in names if n != key))
        self._new = Prepared(insert(table), *names)

    def save(self, connection: Connection, row: dict[str, Any]) -> None:
        if self._known.run(connection, {**row, "this": row[self._key]}).rowcount == 0:
            self._new.run(connection, row)


_UNITS, _POSTS = _Register(t.unit, "unit_id"), _Register(t.post, "post_id")


def unit_saved(connection: Connection, row: dict[str, Any]) -> None:
    """A unit of the register is new or changed."""
    _UNITS.save(connection, {**row, "spelling": spelled(row["name"])})


def post_saved(connection: Connection, row: dict[str, Any]) -> None:
    """A post of the register is new or changed."""
    _POSTS.save(connection, row)
