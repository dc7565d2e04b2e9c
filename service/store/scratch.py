"""An empty database in memory, in which rows are rebuilt from the log to be compared."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy
from sqlalchemy import Connection

from service.store.tables import metadata


@contextmanager
def scratch() -> Iterator[Connection]:
    """All tables without triggers; foreign keys are not checked, since only projections are filled."""
    engine = sqlalchemy.create_engine("sqlite://")
    try:
        with engine.connect() as connection:
            metadata.create_all(connection)
            yield connection
    finally:
        engine.dispose()
