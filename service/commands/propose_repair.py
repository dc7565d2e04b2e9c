"""The first half of an emergency repair: the system administrator proposes; nothing is changed yet."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from service.commands._administration import check_office
from service.commands._advance import actor_body
from service.commands._going_back import checked_reason
from service.commands._locked import lock_instance
from service.commands._repairs import PROPOSED, try_repair
from service.model.actor import Actor
from service.model.errors import Conflict
from service.model.keys import new_key
from service.remedies import remedy_of
from service.store import history
from service.store import tables as t
from service.store.repairs import repair_proposed
from service.store.where import Where


def propose_repair(
    connection: Connection,
    actor: Actor,
    instance_key: str,
    kind: str,
    target: str,
    *,
    reason: str,
    now: datetime,
) -> str:
    """Ask the security administrator for a remedy (`service/remedies.py`); returns the proposal's key.

    Raises NotAllowed, NotFound, Refused without a reason or for what cannot be done, Conflict while another one
    of the instance waits.
    """
    check_office(actor, "system_admin")
    said = checked_reason(reason, wanted="为什么要应急处置")
    locked = lock_instance(connection, instance_key)
    waits = select(t.repair.c.repair_key).where(
        t.repair.c.instance_key == instance_key, t.repair.c.status == "open"
    )
    if connection.execute(waits).first():
        raise Conflict("这件事已有一项应急处置等待确认，请先由安全管理员处理。")
    remedy = remedy_of(connection, instance_key, kind, target)
    try_repair(connection, locked, remedy, now)
    body: dict[str, Any] = {
        "actor": actor_body(actor),
        "reason": said,
        "repair": {
            "key": new_key("r"), "instance": instance_key, "kind": kind, "target": target,
            "words": remedy.words, "seen": locked.seq,
        },
    }  # fmt: skip
    history.append(connection, at=now, act=PROPOSED, project_key=locked.project_key, body=body)
    where = Where(instance_key, locked.project_key, now, actor.account_key, actor.signature)
    repair_proposed(connection, where, body)
    return str(body["repair"]["key"])
