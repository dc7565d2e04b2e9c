"""Rows of a table as lines of JSON that every database can read again, and back.

Times, days, bytes and JSON columns are tagged (`{"time": …}`), the rest stands for itself: so a copy made on
SQLite can be restored on PostgreSQL.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any

from sqlalchemy import JSON, Connection, MetaData, Table, func, insert, select

BATCH = 1000


def dumped(connection: Connection, table: Table) -> Iterator[bytes]:
    """Every row as a line, in order of the primary key; read in batches."""
    columns = list(table.columns)
    json_columns = {column.name for column in columns if isinstance(column.type, JSON)}
    query = select(table).order_by(*table.primary_key.columns)
    result = connection.execute(query, execution_options={"yield_per": BATCH})
    for row in result.mappings():
        said = {
            name: {"json": value} if name in json_columns else _said(value)
            for name, value in row.items()
        }
        text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        yield f"{text}\n".encode()


def _said(value: Any) -> Any:
    if isinstance(value, datetime):
        return {"time": value.astimezone(UTC).isoformat()}
    if isinstance(value, date):
        return {"day": value.isoformat()}
    if isinstance(value, bytes):
        return {"bytes": base64.b64encode(value).decode()}
    return value


def value_of(said: Any) -> Any:
    """What a tagged value of a line stands for. Raises ValueError."""
    if not isinstance(said, dict):
        return said
    ((kind, value),) = said.items()
    if kind == "json":
        return value
    if kind == "time":
        return datetime.fromisoformat(value)
    if kind == "day":
        return date.fromisoformat(value)
    if kind == "bytes":
        return base64.b64decode(value, validate=True)
    raise ValueError(f"no kind of value {kind!r}")


def loaded(connection: Connection, table: Table, lines: Iterable[bytes]) -> int:
    """Insert the rows of lines; returns how many. Raises ValueError for a line that is none."""
    rows = ({name: value_of(v) for name, v in json.loads(line).items()} for line in lines)
    count = 0
    while batch := list(islice(rows, BATCH)):
        connection.execute(insert(table), batch)
        count += len(batch)
    return count


def tables_there(connection: Connection) -> dict[str, Table]:
    """The tables of the database as it is, those first that others refer to."""
    found = MetaData()
    found.reflect(connection)
    return {table.name: table for table in found.sorted_tables}


def is_empty(connection: Connection) -> bool:
    """Whether no table holds a row; alembic's own mark is no content."""
    return not any(
        connection.execute(select(func.count()).select_from(table)).scalar_one()
        for name, table in tables_there(connection).items()
        if name != "alembic_version"
    )
