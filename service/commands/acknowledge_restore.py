"""An audit administrator has taken note that a restore gave up signed events: the red banner goes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from service.commands._administration import check_office, log_administration
from service.model.actor import Actor


def acknowledge_restore(
    connection: Connection, actor: Actor, seq: int, *, reason: str, now: datetime
) -> None:
    """`seq`: the event of the restore. Raises NotAllowed, Refused without saying what was done about it.

    The system administrator restores, so it is not for him to say that it is known.
    """
    check_office(actor, "audit_admin")
    log_administration(
        connection, actor, "acknowledge_restore", reason=reason, now=now, body={"restore": seq}
    )
