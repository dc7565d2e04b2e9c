"""A person's own new password; a new initial password by administration; unlocking."""

from __future__ import annotations

import secrets
from datetime import datetime

from argon2.exceptions import Argon2Error
from sqlalchemy import Connection, delete, select, update

from service.commands._administration import check_office, log_administration
from service.commands.change_account import account_row
from service.commands.create_account import HASHER
from service.model.actor import Actor
from service.model.errors import Refused
from service.model.people import check_password
from service.store.sessions import session_hash
from service.store.tables import account, session

# without letters and digits that look alike on paper
SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"


def initial_password() -> str:
    """A password to be handed over once, on paper or by word: three groups of four, 59 bits."""
    return "-".join("".join(secrets.choice(SIGNS) for _ in range(4)) for _ in range(3))


def set_own_password(
    connection: Connection, actor: Actor, token: str, old: str, new: str, *, now: datetime
) -> None:
    """Replace the actor's password; his other sessions end. Raises Refused with `fields`."""
    row = account_row(connection, actor.account_key)
    try:
        HASHER.verify(row.password_hash, old)
    except Argon2Error as wrong:
        raise Refused("原密码不对，请重输。", fields={"old": "与现在的密码不符。"}) from wrong
    if old == new:
        raise Refused("新密码与原密码相同，请换一个。", fields={"password": "与原密码相同。"})
    check_password(new, row.login)
    _write(connection, row.account_key, new, must_change=False)
    body = {"account": row.account_key}
    log_administration(
        connection, actor, "set_own_password", reason="本人修改密码", now=now, body=body
    )
    others = (session.c.account_key == row.account_key) & (
        session.c.session_hash != session_hash(token)
    )
    connection.execute(delete(session).where(others))


def reset_password(
    connection: Connection, by: Actor, account_key: str, *, reason: str, now: datetime
) -> str:
    """A new initial password (returned once, kept nowhere); all sessions of the account end."""
    check_office(by, "system_admin", "security_admin")
    row = account_row(connection, account_key)
    password = initial_password()
    _write(connection, account_key, password, must_change=True)
    body = {"account": account_key, "login": row.login}
    log_administration(connection, by, "reset_password", reason=reason, now=now, body=body)
    connection.execute(delete(session).where(session.c.account_key == account_key))
    return password


def _write(connection: Connection, account_key: str, password: str, *, must_change: bool) -> None:
    connection.execute(
        update(account)
        .where(account.c.account_key == account_key)
        .values(
            password_hash=HASHER.hash(password),
            must_change=must_change,
            failures=0,
            locked_until=None,
        )
    )


def unlock(
    connection: Connection, by: Actor, account_key: str, *, reason: str, now: datetime
) -> None:
    """Let a locked account try again at once."""
    check_office(by, "security_admin")
    row = account_row(connection, account_key)
    body = {"account": account_key, "login": row.login}
    log_administration(connection, by, "unlock_account", reason=reason, now=now, body=body)
    connection.execute(
        update(account)
        .where(account.c.account_key == account_key)
        .values(failures=0, locked_until=None)
    )


def end_session(connection: Connection, by: Actor, key: str, *, reason: str, now: datetime) -> None:
    """End one session: one's own, or anybody's by the security administrator. A dead one is no harm."""
    row = connection.execute(select(session).where(session.c.session_hash == key)).first()
    if row is None:
        return
    if row.account_key != by.account_key:
        check_office(by, "security_admin")
        body = {"account": row.account_key}
        log_administration(connection, by, "end_session", reason=reason, now=now, body=body)
    connection.execute(delete(session).where(session.c.session_hash == key))
