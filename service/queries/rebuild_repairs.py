"""Whether an emergency repair in the log is what one person proposed and another one confirmed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select

from service.store import tables as t
from service.store.history import StoredEvent

REPAIRED = "repair_instance"


def unfounded(rebuilt: Connection, event: StoredEvent) -> str | None:
    """A Chinese sentence on what is wrong with it; None when nothing is.

    `rebuilt` has the proposals of the events before this one.
    """
    said, r = event.body.get("repair") or {}, t.repair.c
    this = select(t.repair).where(r.repair_key == str(said.get("key")), r.status == "open")
    row = rebuilt.execute(this).first()
    if row is None:
        return f"事件 {event.seq} 的应急处置没有人提出过，或已经办过"
    if said != _proposed(row) or event.instance_key != row.instance_key:
        return f"事件 {event.seq} 的应急处置不是提出的那一项"
    if (event.body.get("actor") or {}).get("account_key") == row.proposed_by:
        return f"事件 {event.seq} 的应急处置是一个人办的，没有第二个人确认"
    return None


def _proposed(row: Any) -> dict[str, Any]:
    """What a proposal names, as its event had it."""
    return {
        "key": row.repair_key,
        "instance": row.instance_key,
        "kind": row.kind,
        "target": row.target,
        "words": row.words,
        "seen": row.seen,
    }
