"""A copy of everything, as it was at one moment, in a form that every database can read again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection, Table, select

from service.audit import tree
from service.audit.backup import BACKUP
from service.audit.package import PackageWriter
from service.audit.signing import Signer
from service.audit.verify import sha256, sm3
from service.model.errors import Refused
from service.queries.log_tree import LogTree
from service.store import blobs, checkpoints
from service.store import tables as t
from service.store.named_files import named_files
from service.store.rows import dumped
from service.store.schema import revision_of, revisions

# Sessions end with the copy: who restores it lets nobody in. Hashes of subtrees are made anew.
LEFT_OUT = (t.session, t.tree_node)


@dataclass(frozen=True)
class Written:
    """What a backup holds: events, rows of all tables, attachments; digests of attachments that were not there."""

    size: int
    rows: int
    attachments: int
    missing: tuple[str, ...]


def write_backup(
    connection: Connection, stream: IO[bytes], *, signer: Signer, files: Path, now: datetime
) -> Written:
    """Write everything that the transaction of `connection` sees, and the attachments that it names.

    Raises Refused when the database has not been upgraded to the schema of this program.
    """
    revision = revision_of(connection)
    if revision != revisions()[0]:
        raise Refused("数据库还不是这一版程序的结构，请先运行 banjie prepare 再备份。")
    size = checkpoints.size_of_log(connection)
    rows: dict[str, int] = {}
    missing: list[str] = []
    kept = 0
    manifest = {
        "format": BACKUP, "made_at": now.astimezone(UTC).isoformat(timespec="seconds"), "origin": signer.name,
        "revision": revision, "size": size, **_roots(connection, size), "rows": rows, "missing": missing,
    }  # fmt: skip
    with PackageWriter(stream, manifest, signer.sign) as package:
        for table in t.metadata.sorted_tables:
            if table not in LEFT_OUT:
                lines = _counted(dumped(connection, table), table, rows)
                package.add(f"tables/{table.name}.jsonl", lines)
        package.manifest["rows"] = rows
        for digest in _digests(connection):
            content = blobs.read(files, digest)
            if content is None:
                missing.append(digest)
                continue
            package.add(f"attachments/{digest}", [content])
            kept += 1
    return Written(size, sum(rows.values()), kept, tuple(missing))


def _roots(connection: Connection, size: int) -> dict[str, Any]:
    log = LogTree(connection)
    query = select(t.event.c.at).where(t.event.c.seq == size)
    newest = connection.execute(query).scalar()
    return {
        "sha256": tree.root(size, log.nodes(0), sha256).hex(),
        "sm3": tree.root(size, log.nodes(1), sm3).hex(),
        "newest_at": newest.isoformat() if newest else None,
    }


def _counted(lines: Iterable[bytes], table: Table, rows: dict[str, int]) -> Iterator[bytes]:
    rows[table.name] = 0
    for line in lines:
        rows[table.name] += 1
        yield line


def _digests(connection: Connection) -> list[str]:
    uploaded = connection.execute(select(t.attachment.c.digest)).scalars()
    return sorted(named_files(connection) | set(uploaded))
