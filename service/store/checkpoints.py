"""Checkpoints over the log, and the stored hashes of its tree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from sqlalchemy import Connection, func, insert, select

from service.store.tables import checkpoint, checkpoint_stamp, event, tree_node


def size_of_log(connection: Connection) -> int:
    """Number of the newest event; 0 for an empty log."""
    return int(connection.execute(select(func.coalesce(func.max(event.c.seq), 0))).scalar_one())


def bodies(connection: Connection, start: int, end: int) -> Iterator[bytes]:
    """The bytes of events `start` (from 0) up to, not including, `end`, in order."""
    query = select(event.c.body).where(event.c.seq > start, event.c.seq <= end)
    for (body,) in connection.execute(query.order_by(event.c.seq)):
        yield body.encode()


def signed_bodies(
    connection: Connection, start: int, end: int
) -> Iterator[tuple[int, bytes, str | None]]:
    """The same with their numbers and signatures in hexadecimal."""
    query = select(event.c.seq, event.c.body, event.c.signature)
    query = query.where(event.c.seq > start, event.c.seq <= end).order_by(event.c.seq)
    for row in connection.execute(query):
        yield int(row.seq), row.body.encode(), row.signature


def notes(connection: Connection, *, up_to: int | None = None) -> list[tuple[int, str]]:
    """(size, signed note) of every checkpoint, oldest first."""
    query = select(checkpoint.c.size, checkpoint.c.note).order_by(checkpoint.c.size)
    if up_to is not None:
        query = query.where(checkpoint.c.size <= up_to)
    return [(int(row.size), row.note) for row in connection.execute(query)]


def last(connection: Connection) -> tuple[int, str, datetime] | None:
    """Size, note and time of the newest checkpoint."""
    row = connection.execute(select(checkpoint).order_by(checkpoint.c.size.desc()).limit(1)).first()
    return None if row is None else (int(row.size), row.note, row.at)


def add(connection: Connection, size: int, note: str, at: datetime) -> None:
    """Keep a checkpoint."""
    connection.execute(insert(checkpoint).values(size=size, note=note, at=at))


def stamp(connection: Connection, size: int) -> bytes | None:
    """The time-stamp of a checkpoint, as its authority answered (RFC 3161)."""
    query = select(checkpoint_stamp.c.answer).where(checkpoint_stamp.c.size == size)
    found = connection.execute(query).scalar()
    return None if found is None else bytes(found)


def stamps(connection: Connection) -> list[tuple[int, bytes]]:
    """(size, answer) of every time-stamp, oldest first."""
    rows = connection.execute(select(checkpoint_stamp).order_by(checkpoint_stamp.c.size))
    return [(int(row.size), bytes(row.answer)) for row in rows]


def add_stamp(connection: Connection, size: int, answer: bytes, at: datetime) -> None:
    """Keep a time-stamp."""
    connection.execute(insert(checkpoint_stamp).values(size=size, answer=answer, at=at))


def node(connection: Connection, height: int, index: int) -> tuple[bytes, bytes] | None:
    """Stored hashes (SHA-256, SM3) of a complete subtree."""
    row = connection.execute(
        select(tree_node.c.sha256, tree_node.c.sm3).where(
            tree_node.c.height == height, tree_node.c.index == index
        )
    ).first()
    return None if row is None else (bytes(row.sha256), bytes(row.sm3))


def count_nodes(connection: Connection, height: int) -> int:
    """How many subtrees of a height are stored; always the first ones."""
    query = select(func.count()).select_from(tree_node).where(tree_node.c.height == height)
    return int(connection.execute(query).scalar_one())


def add_nodes(
    connection: Connection, height: int, rows: Iterable[tuple[int, bytes, bytes]]
) -> None:
    """Store (index, SHA-256, SM3) of subtrees of a height."""
    found = [
        {"height": height, "index": index, "sha256": first, "sm3": second}
        for index, first, second in rows
    ]
    if found:
        connection.execute(insert(tree_node), found)
