"""An empty database in memory, in which rows are rebuilt from the log to be compared."""

from __future__ import annotations

import functools
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy
from sqlalchemy import Connection, Engine, NullPool

from service.store.tables import metadata


@contextmanager
def scratch() -> Iterator[Connection]:
    """All tables without triggers; foreign keys are not checked, since only projections are filled."""
    with _memory().connect() as connection:
        yield connection


@functools.cache
def _memory() -> Engine:
    """Each connection is a database of its own; what is compiled for one serves the next."""
    return sqlalchemy.create_engine("sqlite://", creator=_empty, poolclass=NullPool)


def _empty() -> sqlite3.Connection:
    """A copy of the empty tables, which takes a fiftieth of the time of making them."""
    connection = sqlite3.connect(":memory:")
    connection.deserialize(_tables())
    return connection


@functools.cache
def _tables() -> bytes:
    engine = sqlalchemy.create_engine("sqlite://", poolclass=NullPool)
    with engine.connect() as connection:
        metadata.create_all(connection)
        connection.commit()
        made = connection.connection.driver_connection
        assert isinstance(made, sqlite3.Connection)
        return made.serialize()
