"""Give a person unit, posts and office: the security administrator's, never his own."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, delete, update

from service.commands._administration import changed, check_office, log_administration
from service.commands.change_account import account_row, check_last
from service.commands.create_account import check_person
from service.model.actor import Actor
from service.model.errors import NotAllowed, Refused
from service.store.register import person_of
from service.store.tables import account, session


def grant_rights(
    connection: Connection,
    by: Actor,
    account_key: str,
    *,
    unit_id: str,
    posts: tuple[str, ...],
    role: str | None,
    reason: str,
    now: datetime,
) -> None:
    """Exactly these rights from now on, whatever was asked for; whoever is logged in with the account is logged out.

    Raises NotAllowed (also for one's own account), NotFound, Refused.
    """
    check_office(by, "security_admin")
    row = account_row(connection, account_key)
    if row.account_key == by.account_key:
        raise NotAllowed("不能给自己授权，请由另一位安全管理员办理。")
    old = person_of(row)
    new = replace(old, unit_id=unit_id, posts=posts, role=role)
    check_person(connection, new)
    check_last(connection, row, new)
    before, after = changed(old.as_dict(), new.as_dict())
    if not after and row.asked is None:
        raise Refused("没有改动，不必保存。")
    connection.execute(
        update(account)
        .where(account.c.account_key == account_key)
        .values(unit_id=unit_id, posts=list(posts), role=role, asked=None)
    )
    body = {"account": account_key, "login": old.login, "old": before, "new": after}
    log_administration(connection, by, "grant_rights", reason=reason, now=now, body=body)
    connection.execute(delete(session).where(session.c.account_key == account_key))
