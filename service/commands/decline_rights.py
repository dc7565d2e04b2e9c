"""What was asked for is not granted: the person keeps what he has."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, update

from service.commands._administration import check_office, log_administration
from service.commands.change_account import account_row
from service.model.actor import Actor
from service.model.errors import Conflict
from service.store.tables import account


def decline_rights(
    connection: Connection, by: Actor, account_key: str, *, reason: str, now: datetime
) -> None:
    """Raises NotAllowed, NotFound, Conflict when nothing is asked for, Refused without a reason."""
    check_office(by, "security_admin")
    row = account_row(connection, account_key)
    if row.asked is None:
        raise Conflict("没有待授权的申请，请刷新。")
    body = {"account": account_key, "login": row.login, "asked": row.asked}
    log_administration(connection, by, "decline_rights", reason=reason, now=now, body=body)
    this = update(account).where(account.c.account_key == account_key)
    connection.execute(this.values(asked=None))
