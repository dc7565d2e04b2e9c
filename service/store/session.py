"""Engines and transactions: SQLite in WAL with full durability, or PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy
from sqlalchemy import Connection, Engine, event


def create_engine(url: str, *, sign: Callable[[bytes], bytes] | None = None) -> Engine:
    """An engine for `sqlite:///…` or `postgresql…`; SQLite waits up to 30 s for another writer.

    `sign` gives the signature of an event's body; without it events stand unsigned.
    """
    options = {"sign": sign}
    if url.startswith("postgresql://"):
        url = url.replace("postgresql://", "postgresql+psycopg://", 1)
    if not url.startswith("sqlite"):
        return sqlalchemy.create_engine(
            url, pool_pre_ping=True, hide_parameters=True, execution_options=options
        )
    engine = sqlalchemy.create_engine(
        url,
        connect_args={"timeout": 30, "check_same_thread": False},
        hide_parameters=True,  # what was typed does not go into the text of an error
        execution_options=options,
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "busy_timeout=30000",
            "secure_delete=ON",  # what is deleted leaves no bytes in free pages
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin_now(connection: Connection) -> None:
        mode = connection.get_execution_options().get("begin", "IMMEDIATE")
        connection.exec_driver_sql(f"BEGIN {mode}")

    return engine


@contextmanager
def begin(engine: Engine) -> Iterator[Connection]:
    """THE transaction of a request that may write: commits at the end, rolls back on an exception."""
    with engine.begin() as connection:
        yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A transaction that only reads and sees one moment; it never waits for a writer."""
    options: dict[str, Any] = (
        {"begin": "DEFERRED"}
        if engine.dialect.name == "sqlite"
        else {"isolation_level": "REPEATABLE READ"}
    )
    with engine.connect().execution_options(**options) as connection, connection.begin():
        yield connection
