"""The second half of an emergency repair: the security administrator confirms, and it is carried out at once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from service.commands._administration import check_office
from service.commands._advance import Act
from service.commands._repairs import REPAIRED, carry_out, open_repair
from service.engine import WayBack
from service.model.actor import Actor
from service.model.errors import NotAllowed, Refused
from service.remedies import remedy_of
from service.store.repairs import repair_decided


def confirm_repair(connection: Connection, actor: Actor, repair_key: str, *, now: datetime) -> None:
    """Exactly what was proposed, while the instance stands as it stood then.

    Raises NotAllowed (also to who has proposed it), NotFound, Conflict when it was decided, Refused when the
    instance has gone on since.
    """
    check_office(actor, "security_admin")
    row, locked = open_repair(connection, repair_key)
    if row.proposed_by == actor.account_key:
        raise NotAllowed("提出的人不能自己确认，请由另一位安全管理员确认。")
    if row.seen != locked.seq:
        raise Refused("提出以后流程又有进展，请点“不同意”，由系统管理员按现在的情况重新提出。")
    remedy = remedy_of(connection, row.instance_key, row.kind, row.target)
    repair = {
        "key": row.repair_key, "instance": row.instance_key, "kind": row.kind, "target": row.target,
        "words": row.words, "seen": row.seen,
    }  # fmt: skip
    about: dict[str, Any] = {
        "reason": row.reason, "repair": repair, "proposed_by": row.proposed_by_name,
    }  # fmt: skip
    if isinstance(remedy.act, WayBack):
        about["element"] = remedy.act.element.id  # where the replay stands
    act = Act(actor, REPAIRED, now, about)
    where = act.where(locked)
    carry_out(connection, locked, remedy, act)
    repair_decided(connection, where, repair_key, done=True, why="")
