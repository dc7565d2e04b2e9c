"""Change a person's name, unit, posts or office; disable the account, or enable it again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, select, update

from service.commands._administration import changed, check_office, log_administration
from service.commands.create_account import check_person
from service.model.actor import Actor
from service.model.errors import NotFound, Refused
from service.model.people import Person
from service.store.register import person_of
from service.store.tables import account, session


def change_account(
    connection: Connection, by: Actor, account_key: str, new: Person, *, reason: str, now: datetime
) -> None:
    """Write the person as he shall be; whoever is logged in with the account is logged out.

    The login stays, since diagrams and the log name people by it. Raises NotAllowed, NotFound, Refused.
    """
    check_office(by, "system_admin")
    row = account_row(connection, account_key)
    old = person_of(row)
    if new.login != old.login:
        raise Refused("账号名不能改，请另建账号。", fields={"login": "账号名不能改。"})
    if new.active:
        check_person(connection, new)
    _check_last(connection, by, row, new)
    before, after = changed(old.as_dict(), new.as_dict())
    if not after:
        raise Refused("没有改动，不必保存。")
    connection.execute(
        update(account)
        .where(account.c.account_key == account_key)
        .values(
            name=new.name,
            unit_id=new.unit_id,
            posts=list(new.posts),
            role=new.role,
            disabled=not new.active,
        )
    )
    body = {"account": account_key, "login": old.login, "old": before, "new": after}
    log_administration(connection, by, "change_account", reason=reason, now=now, body=body)
    connection.execute(delete(session).where(session.c.account_key == account_key))


def account_row(connection: Connection, account_key: str) -> Any:
    """The account, held until the transaction ends. Raises NotFound."""
    row = connection.execute(
        select(account).where(account.c.account_key == account_key).with_for_update()
    ).first()
    if row is None:
        raise NotFound("没有这个账号。")
    return row


def _check_last(connection: Connection, by: Actor, row: Any, new: Person) -> None:
    """Nobody changes his own office, and the last one of an office stays."""
    if row.account_key == by.account_key and (new.role != row.role or not new.active):
        raise Refused("不能改自己的管理职责，也不能停用自己，请由另一位系统管理员办理。")
    if row.role != "system_admin" or (new.role == row.role and new.active):
        return
    others = connection.execute(
        select(func.count())
        .select_from(account)
        .where(
            account.c.role == row.role,
            account.c.disabled.is_(False),
            account.c.account_key != row.account_key,
        )
    ).scalar_one()
    if not others:
        raise Refused("这是最后一位系统管理员，请先建另一位再停用。")
