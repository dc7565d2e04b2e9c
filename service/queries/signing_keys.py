"""The keys that have signed the record one after the other, as the log has them, by algorithm."""

from __future__ import annotations

import json

from sqlalchemy import Connection, select

from service.audit.verify import CHANGE_KEY, Key, Keys, read_change, read_key
from service.store.tables import event


def told_changes(connection: Connection) -> list[tuple[bytes, bytes]]:
    """(body, signature) of every event by which the key was changed, in order."""
    query = select(event.c.body, event.c.signature)
    query = query.where(event.c.act == CHANGE_KEY, event.c.instance_key.is_(None))
    rows = connection.execute(query.order_by(event.c.seq))
    return [(row.body.encode(), bytes.fromhex(row.signature or "")) for row in rows]


def first_key(connection: Connection, current: Key) -> Key:
    """The key of the same algorithm with which the log began, as it says itself; `current` where none was ever
    changed."""
    keys = (read_key(json.loads(body)["key"]["old"]) for body, _ in told_changes(connection))
    return next((key for key in keys if key.kind == current.kind), current)


def keys_of(connection: Connection, current: Key) -> Keys:
    """All keys of the log of the algorithm of one of them, each signed by the one before. Raises ValueError when
    they do not follow each other."""
    changes = [read_change(*told) for told in told_changes(connection)]
    return Keys(first_key(connection, current), changes)
