"""The event log: append and read. Each event's hash covers its canonical body and the hash before it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, insert, select, text

from service.model.values import canonical_json
from service.store.tables import event

GENESIS = "0" * 64


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


def hash_of(prev_hash: str, body: bytes) -> str:
    """SHA-256 over the previous hash (32 bytes) and the canonical body."""
    return hashlib.sha256(bytes.fromhex(prev_hash) + body).hexdigest()


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
    """Add one event at the end of the log; returns its number.

    Writers queue up here: SQLite by its write lock, PostgreSQL by an advisory lock held until commit.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(59202311)"))
    last = connection.execute(
        select(event.c.seq, event.c.hash).order_by(event.c.seq.desc()).limit(1)
    ).first()
    seq, prev_hash = (last.seq + 1, last.hash) if last else (1, GENESIS)
    content = {
        **body,
        "seq": seq,
        "at": at.astimezone(UTC).isoformat(),
        "act": act,
        "instance": instance_key,
        "instance_seq": instance_seq,
        "project": project_key,
    }
    raw = canonical_json(content)
    connection.execute(
        insert(event).values(
            seq=seq,
            instance_key=instance_key,
            instance_seq=instance_seq,
            project_key=project_key,
            at=at,
            act=act,
            body=raw.decode(),
            prev_hash=prev_hash,
            hash=hash_of(prev_hash, raw),
        )
    )
    return seq


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
        yield StoredEvent(
            row.seq, row.instance_key, row.instance_seq, row.project_key, row.at, row.act,
            json.loads(row.body), row.prev_hash, row.hash,
        )  # fmt: skip


def first_broken(connection: Connection) -> int | None:
    """Number of the first event whose hash, link or number is wrong; None when the chain holds."""
    prev_hash, expected = GENESIS, 1
    for row in connection.execute(select(event).order_by(event.c.seq)):
        body = json.loads(row.body)
        whole = (
            row.seq == expected
            and row.prev_hash == prev_hash
            and row.hash == hash_of(prev_hash, row.body.encode())
            and (body["seq"], body["instance"], body["project"], body["act"], body["at"])
            == (row.seq, row.instance_key, row.project_key, row.act, row.at.isoformat())
        )
        if not whole:
            return int(row.seq)
        prev_hash, expected = row.hash, expected + 1
    return None
