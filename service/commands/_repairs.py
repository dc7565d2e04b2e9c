"""What the commands of emergency repair share: the open proposal, and what it comes to when it is tried."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from service.commands._advance import Act, advance_locked
from service.commands._going_back import go_back
from service.commands._locked import Locked, lock_instance
from service.definitions import in_force
from service.engine import WayBack, advance
from service.model.errors import Conflict, NotFound, Refused
from service.model.inputs import ReturnTo
from service.recorded import past_of
from service.remedies import Remedy
from service.store import tables as t

PROPOSED = "propose_repair"
REPAIRED = "repair_instance"
REFUSED = "refuse_repair"


def open_repair(connection: Connection, repair_key: str) -> tuple[Any, Locked]:
    """An open proposal and its instance, both held. Raises NotFound, Conflict when it was decided."""
    this = select(t.repair).where(t.repair.c.repair_key == repair_key)
    row = connection.execute(this).first()
    if row is None:
        raise NotFound("没有这项应急处置。")
    locked = lock_instance(connection, row.instance_key)
    row = connection.execute(this).one()
    if row.status != "open":
        raise Conflict(f"{row.decided_by_name}已处理过这项应急处置，请刷新。")
    return row, locked


def try_repair(connection: Connection, locked: Locked, remedy: Remedy, now: datetime) -> None:
    """Raise Refused when it would come to nothing or cannot be done. Nothing is written."""
    way = remedy.act if isinstance(remedy.act, WayBack) else None
    past = past_of(connection, locked.instance_key, locked.project_key) if way else ()
    step = advance(
        in_force(connection, locked.definition, now),
        locked.state,
        ReturnTo(way.task_key) if way else remedy.act,  # type: ignore[arg-type]
        instance_key=locked.instance_key,
        now=now,
        facts=dict(locked.facts),
        past=past,
    )
    if not step.events:
        raise Refused("期限都是对的，重新计算不会有变化，不必处置。")


def carry_out(connection: Connection, locked: Locked, remedy: Remedy, act: Act) -> None:
    """Do it, and all that follows."""
    if isinstance(remedy.act, WayBack):
        go_back(connection, locked, remedy.act, act)
    else:
        advance_locked(connection, locked, remedy.act, act)
