"""Have the newest checkpoint time-stamped by a third party; a network that is away only means later."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from service.delivery.time_stamp import TimeAuthority, time_stamp
from service.store import checkpoints
from service.store.files import write_once
from service.store.session import begin, reading


def stamp_checkpoint(
    engine: Engine, authority: TimeAuthority, folder: Path, *, now: datetime
) -> int | None:
    """Stamp the newest checkpoint if it has none, and write all stamps that the folder lacks; returns its size.

    Earlier ones need none of their own: the newest proves them. No transaction is open while the authority is
    asked. Raises NotDelivered; the next round asks again.
    """
    with reading(engine) as connection:
        last = checkpoints.last(connection)
        there = last is not None and checkpoints.stamp(connection, last[0]) is not None
    if last is not None and not there:
        answer = time_stamp(authority, last[1].encode())
        with begin(engine) as connection:
            if checkpoints.stamp(connection, last[0]) is None:  # else another worker was faster
                checkpoints.add_stamp(connection, last[0], answer, now)
    with reading(engine) as connection:
        for size, answer in checkpoints.stamps(connection):
            write_once(folder / f"{size:012d}.tsr", answer)
    return None if last is None or there else last[0]
