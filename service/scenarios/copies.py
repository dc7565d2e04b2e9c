"""Copies of a database: the same rows in a place of their own, SQLite or PostgreSQL."""

from __future__ import annotations

import functools
import shutil
from pathlib import Path

import sqlalchemy
from sqlalchemy import URL, Engine, inspect, make_url, text

from service.model.errors import BadInput
from service.store.session import create_engine


def copy_database(source: str, target: str) -> None:
    """Make a database at the address `target`, equal to the one at `source`, to which nobody is connected.

    Raises BadInput when there is a database with tables at `target`: nothing of anybody's is replaced.
    """
    old, new = make_url(source), make_url(target)
    if _stands(new):
        _must_be_empty(target)
        drop_database(target)
    if old.get_backend_name() == "sqlite":
        shutil.copyfile(str(old.database), str(new.database))
        return
    _ask(new, f'CREATE DATABASE "{new.database}" TEMPLATE "{old.database}"')


def create_database(url: str) -> None:
    """An empty database at `url`; SQLite makes its file with the first writing."""
    new = make_url(url)
    if new.get_backend_name() != "sqlite":
        _ask(new, f'CREATE DATABASE "{new.database}"')


def drop_database(url: str) -> None:
    """Remove the database at `url`, if there is one."""
    old = make_url(url)
    if old.get_backend_name() == "sqlite":
        for suffix in ("", "-wal", "-shm"):
            Path(f"{old.database}{suffix}").unlink(missing_ok=True)
        return
    _ask(old, f'DROP DATABASE IF EXISTS "{old.database}" WITH (FORCE)')


def _stands(url: URL) -> bool:
    if url.get_backend_name() == "sqlite":
        return Path(str(url.database)).exists()
    return _ask(url, "SELECT 1 FROM pg_database WHERE datname = :name", name=url.database)


def _must_be_empty(url: str) -> None:
    engine = create_engine(url)
    try:
        tables = inspect(engine).get_table_names()
    finally:
        engine.dispose()
    if tables:
        raise BadInput("故事要在空的数据库里讲，这个数据库里已有内容，请换一个。")


def _ask(url: URL, statement: str, **values: object) -> bool:
    """Run a statement of the server, outside any transaction and database of ours; whether it found a row."""
    with _server(url.set(database="postgres")).connect() as connection:
        result = connection.execute(text(statement), values)
        return result.returns_rows and result.first() is not None


@functools.lru_cache(maxsize=4)
def _server(url: URL) -> Engine:
    """Connections to a server, each closed after use: it may be shut down when nobody asks it."""
    return sqlalchemy.create_engine(
        url, isolation_level="AUTOCOMMIT", poolclass=sqlalchemy.NullPool
    )
