"""Change a person's name, ask for other rights; disable the account, or enable it again."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, select, update

from service.commands._administration import changed, check_office, log_administration
from service.commands.create_account import check_person
from service.model.actor import Actor
from service.model.errors import NotFound, Refused
from service.model.people import ROLES, Person, rights_of
from service.model.spelling import spelled
from service.store.register import person_of
from service.store.tables import account, session


def change_account(
    connection: Connection, by: Actor, account_key: str, new: Person, *, reason: str, now: datetime
) -> None:
    """Write name and state as they shall be; whoever is logged in with the account is logged out.

    Another unit, other posts or another office are only asked for: the security administrator grants them. The login
    stays, since diagrams and the log name people by it. Raises NotAllowed, NotFound, Refused.
    """
    check_office(by, "system_admin")
    row = account_row(connection, account_key)
    old = person_of(row)
    if new.login != old.login:
        raise Refused("账号名不能改，请另建账号。", fields={"login": "账号名不能改。"})
    if new.active:
        check_person(connection, new)
    if row.account_key == by.account_key and (new.role != row.role or not new.active):
        raise Refused("不能改自己的管理职责，也不能停用自己，请由另一位系统管理员办理。")
    asked = rights_of(new) if rights_of(new) != rights_of(old) else None
    effective = replace(old, name=new.name, active=new.active)
    check_last(connection, row, effective)
    before, after = changed(old.as_dict(), effective.as_dict())
    if not after and asked == row.asked:
        raise Refused("没有改动，不必保存。")
    connection.execute(
        update(account)
        .where(account.c.account_key == account_key)
        .values(
            name=new.name,
            spelling=spelled(new.name, person=True),
            disabled=not new.active,
            asked=asked,
        )
    )
    body = {"account": account_key, "login": old.login, "old": before, "new": after}
    if asked != row.asked:
        body["asked"] = asked or {}
    log_administration(connection, by, "change_account", reason=reason, now=now, body=body)
    if after:
        connection.execute(delete(session).where(session.c.account_key == account_key))


def account_row(connection: Connection, account_key: str) -> Any:
    """The account, held until the transaction ends. Raises NotFound."""
    row = connection.execute(
        select(account).where(account.c.account_key == account_key).with_for_update()
    ).first()
    if row is None:
        raise NotFound("没有这个账号。")
    return row


def check_last(connection: Connection, row: Any, new: Person) -> None:
    """Raise Refused when the last one of an office would lose it."""
    if row.role is None or (new.role == row.role and new.active):
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
        raise Refused(f"这是最后一位{ROLES[row.role]}，请先另设一位。")
