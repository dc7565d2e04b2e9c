"""Log in by what an OpenID provider says of a person."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from service.commands._administration import check_office, log_administration
from service.commands._sessions import LoggedIn, open_session
from service.model.actor import Actor
from service.model.errors import NotAllowed
from service.store import tables as t
from service.store.register import actors
from service.store.sessions import BY_PROVIDER


def log_in_by_identity(
    connection: Connection, issuer: str, subject: str, login: str, *, now: datetime, agent: str = ""
) -> LoggedIn:
    """A session for the account bound to (issuer, subject); the first time for that named `login`, which is then bound.

    Nobody gets an account by this. Raises NotAllowed when there is none, it is disabled, or it is bound to
    somebody else of the same provider: a name that was given to a new person does not open the old one's account.
    """
    i = t.identity
    known = i.c.issuer == issuer
    row = connection.execute(select(i).where(known, i.c.subject == subject)).first()
    if row is not None:
        account = _account(connection, t.account.c.account_key == row.account_key)
    else:
        account = _account(connection, t.account.c.login == login)
        mine = i.c.account_key == account.account_key
        if connection.execute(select(i).where(known, mine)).first():
            raise NotAllowed("这个账号已绑定统一身份认证中的另一个人，请联系安全管理员核对。")
        _bind(connection, account, issuer, subject, now)
    return open_session(connection, account.account_key, kind=BY_PROVIDER, agent=agent, now=now)


def _account(connection: Connection, where: Any) -> Actor:
    found = actors(connection, where & t.account.c.disabled.is_(False))
    if not found:
        raise NotAllowed("统一身份认证中的这个人在办结没有可用的账号，请联系系统管理员。")
    return found[0][1]


def _bind(connection: Connection, actor: Actor, issuer: str, subject: str, now: datetime) -> None:
    row = {
        "issuer": issuer,
        "subject": subject,
        "account_key": actor.account_key,
        "bound_at": now,
    }
    connection.execute(insert(t.identity).values(**row))
    body = {"account": actor.account_key, "issuer": issuer}
    log_administration(
        connection, actor, "bind_identity", reason="首次经统一身份认证登录", now=now, body=body
    )


def release_identity(
    connection: Connection, by: Actor, account_key: str, *, reason: str, now: datetime
) -> None:
    """Unbind an account from the provider's people: the next one with its name is bound anew."""
    check_office(by, "security_admin")
    body = {"account": account_key}
    log_administration(connection, by, "release_identity", reason=reason, now=now, body=body)
    connection.execute(delete(t.identity).where(t.identity.c.account_key == account_key))
