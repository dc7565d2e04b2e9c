"""An empty database in memory, in which rows are rebuilt from the log to be compared."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy
from sqlalchemy import Connection, Engine, NullPool

from service.store.tables import metadata


@contextmanager
def scratch() -> Iterator[Connection]:
    """All tables without triggers; foreign keys are not checked, since only projections are filled."""
    with _memory().connect() as connection:
        metadata.create_all(connection)
        yield connection


@functools.cache
def _memory() -> Engine:
    """Each connection is a database of its own; what is compiled for one serves the next."""
    return sqlalchemy.create_engine("sqlite://", poolclass=NullPool)
