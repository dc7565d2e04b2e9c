"""Make sure that deleted bytes are gone from the files of the database and the folder of attachments."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import Engine, select

from service.store import tables as t


def scrub(engine: Engine, folder: Path, digests: Iterable[str]) -> None:
    """After the commit of a purge: unlink files that nobody knows any more, rewrite what held the rows.

    SQLite overwrites what it deletes (`secure_delete`); its write-ahead log still holds old pages until
    it is emptied. PostgreSQL keeps dead rows until the table is written anew. What PostgreSQL has in its
    own log and in backups is the operator's to rotate (docs/howto/people.zh-CN.md).
    """
    with engine.connect() as connection:
        known = set(connection.execute(select(t.attachment.c.digest)).scalars())
    for digest in set(digests) - known:
        (folder / digest).unlink(missing_ok=True)
    if engine.dialect.name == "sqlite":
        raw = engine.raw_connection()
        try:
            raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            raw.close()
    else:
        with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            for table in ("draft", "attachment"):
                connection.exec_driver_sql(f"VACUUM FULL {table}")
