"""The security administrator does not confirm an emergency repair, and says why."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from service.commands._administration import check_office
from service.commands._advance import actor_body
from service.commands._going_back import checked_reason
from service.commands._repairs import REFUSED, open_repair
from service.model.actor import Actor
from service.store import history
from service.store.repairs import repair_decided
from service.store.where import Where


def refuse_repair(
    connection: Connection, actor: Actor, repair_key: str, *, reason: str, now: datetime
) -> None:
    """Nothing is done. Raises NotAllowed, NotFound, Conflict when it was decided, Refused without a reason."""
    check_office(actor, "security_admin")
    said = checked_reason(reason, wanted="不同意的理由")
    row, locked = open_repair(connection, repair_key)
    body = {
        "actor": actor_body(actor),
        "reason": said,
        "repair": {"key": row.repair_key, "instance": row.instance_key, "words": row.words},
    }
    history.append(connection, at=now, act=REFUSED, project_key=locked.project_key, body=body)
    where = Where(row.instance_key, locked.project_key, now, actor.account_key, actor.signature)
    repair_decided(connection, where, repair_key, done=False, why=said)
