"""Whether time-stamps of checkpoints are right, and what they say."""

from __future__ import annotations

from sqlalchemy import Connection

from service.delivery.failure import NotDelivered
from service.delivery.time_stamp import TimeAuthority, stamped_at
from service.store import checkpoints


def wrong_stamps(connection: Connection, authority: TimeAuthority) -> tuple[int, list[str]]:
    """How many time-stamps there are, and a sentence for each that its authority did not give to that checkpoint."""
    notes = dict(checkpoints.notes(connection))
    found = []
    stamps = checkpoints.stamps(connection)
    for size, answer in stamps:
        try:
            stamped_at(authority, answer, notes[size].encode())
        except NotDelivered as wrong:
            found.append(f"检查点（{size} 个事件）的{wrong.reason}")
    return len(stamps), found
