"""The event log: append and read. Each event's canonical body names the hash of the one before it.

Format: docs/reference/events.md.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select

from service.model.values import canonical_json
from service.store.prepared import Prepared
from service.store.tables import event

GENESIS = "0" * 64
QUEUE = 59202311  # any number; names the advisory lock of PostgreSQL

_LAST = Prepared(select(event.c.seq, event.c.hash).order_by(event.c.seq.desc()).limit(1))
_INSERT = Prepared(insert(event), *event.columns.keys())
_LOCK = Prepared(select(func.pg_advisory_xact_lock(QUEUE)))


@dataclass(frozen=True)
class StoredEvent:
    """An event as it stands in the log; `body` is its canonical content."""

    seq: int
    instance_key: str | None
    instance_seq: int | None
    project_key: str | None
    at: datetime
    act: str
    body: Mapping[str, Any]
    prev_hash: str
    hash: str


def hash_of(body: bytes) -> str:
    """SHA-256 over the canonical body, which holds the hash of the event before."""
    return hashlib.sha256(body).hexdigest()


def queue_up(connection: Connection) -> None:
    """Wait until no other transaction is writing history; held until commit.

    SQLite has one writer anyway. On PostgreSQL an advisory lock, always taken after rows of projects,
    so that writers cannot wait for each other in a circle.
    """
    if connection.dialect.name == "postgresql":
        _LOCK.run(connection, {})


def append(
    connection: Connection,
    *,
    at: datetime,
    act: str,
    body: Mapping[str, Any],
    instance_key: str | None = None,
    instance_seq: int | None = None,
    project_key: str | None = None,
) -> int:
    """Add one event at the end of the log; returns its number."""
    queue_up(connection)
    last = _LAST.first(connection, {})
    seq, prev_hash = (last.seq + 1, last.hash) if last else (1, GENESIS)
    content = {
        **body,
        "seq": seq,
        "prev": prev_hash,
        "at": at.astimezone(UTC).isoformat(),
        "act": act,
        "instance": instance_key,
        "instance_seq": instance_seq,
        "project": project_key,
    }
    raw = canonical_json(content)
    row = {
        "seq": seq,
        "instance_key": instance_key,
        "instance_seq": instance_seq,
        "project_key": project_key,
        "at": at,
        "act": act,
        "body": raw.decode(),
        "prev_hash": prev_hash,
        "hash": hash_of(raw),
        "signature": _signature(connection, raw),
    }
    _INSERT.run(connection, row)
    return seq


def _signature(connection: Connection, body: bytes) -> str | None:
    """In hexadecimal; None where the engine was opened without a key (`store.session.create_engine`)."""
    sign = connection.get_execution_options().get("sign")
    return sign(body).hex() if sign else None


def read(
    connection: Connection,
    *,
    instance_key: str | None = None,
    project_key: str | None = None,
    after: int = 0,
) -> Iterator[StoredEvent]:
    """Events in order; of one instance or project, or all."""
    query = select(event).where(event.c.seq > after).order_by(event.c.seq)
    if instance_key:
        query = query.where(event.c.instance_key == instance_key)
    if project_key:
        query = query.where(event.c.project_key == project_key)
    for row in connection.execute(query):
        yield _stored(row)


def read_one(connection: Connection, seq: int) -> StoredEvent:
    """The event of a number, which exists."""
    return _stored(connection.execute(select(event).where(event.c.seq == seq)).one())


def _stored(row: Any) -> StoredEvent:
    return StoredEvent(
        row.seq, row.instance_key, row.instance_seq, row.project_key, row.at, row.act,
        json.loads(row.body), row.prev_hash, row.hash,
    )  # fmt: skip


def first_broken(connection: Connection) -> int | None:
    """Number of the first event whose hash, link or number is wrong; None when the chain holds."""
    prev_hash, expected = GENESIS, 1
    for row in connection.execute(select(event).order_by(event.c.seq)):
        if (
            row.seq != expected
            or row.hash != hash_of(row.body.encode())
            or not _agrees(row, prev_hash)
        ):
            return int(row.seq)
        prev_hash, expected = row.hash, expected + 1
    return None


def _agrees(row: Any, prev_hash: str) -> bool:
    """Whether the columns, which are only there to be searched, say what the body says."""
    body = json.loads(row.body)
    said = (body["seq"], body["prev"], body["instance"], body["instance_seq"], body["project"])
    told = (row.seq, row.prev_hash, row.instance_key, row.instance_seq, row.project_key)
    moment = body["act"] == row.act and body["at"] == row.at.isoformat()
    return said == told and moment and row.prev_hash == prev_hash
