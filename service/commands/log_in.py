"""Log in with login and password: a session, or a refusal that counts."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from argon2.exceptions import Argon2Error
from sqlalchemy import Connection, insert, select, update

from service.commands.create_account import HASHER
from service.model.errors import NotAllowed, Refused
from service.regulation.dates import SHANGHAI
from service.store.sessions import session_hash
from service.store.tables import account, session

TRIES = 5
LOCKED = timedelta(minutes=15)
LASTS = timedelta(hours=8)
# so that an unknown login takes as long as a wrong password
NOBODY = HASHER.hash("nobody-has-this-password")


@dataclass(frozen=True)
class LoggedIn:
    """The token of the new session (given to the browser, kept here as a hash)."""

    token: str
    account_key: str


@dataclass(frozen=True)
class Failed:
    """Why not; the failure has been counted."""

    refusal: Refused


def log_in(
    connection: Connection,
    login: str,
    password: str,
    *,
    now: datetime,
    kind: str = "browser",
    agent: str = "",
) -> LoggedIn | Failed:
    """A session of eight hours, or a Failed that the edge commits too: five failures lock for 15 minutes."""
    row = connection.execute(select(account).where(account.c.login == login)).first()
    if row is not None and row.locked_until and row.locked_until > now:
        until = row.locked_until.astimezone(SHANGHAI)
        return Failed(NotAllowed(f"连续输错 {TRIES} 次，账号锁定到 {until:%H:%M}，请稍后再试。"))
    if (
        not _matches(row.password_hash if row is not None else NOBODY, password)
        or row is None
        or row.disabled
    ):
        return _failed(connection, row, now)
    connection.execute(
        update(account)
        .where(account.c.account_key == row.account_key)
        .values(failures=0, locked_until=None)
    )
    token = secrets.token_urlsafe(32)
    connection.execute(
        insert(session).values(
            session_hash=session_hash(token),
            account_key=row.account_key,
            kind=kind,
            agent=agent[:200],
            created_at=now,
            expires_at=now + LASTS,
        )
    )
    return LoggedIn(token, row.account_key)


def _matches(password_hash: str, password: str) -> bool:
    try:
        return HASHER.verify(password_hash, password)
    except Argon2Error:
        return False


def _failed(connection: Connection, row: object, now: datetime) -> Failed:
    if row is None or row.disabled:  # type: ignore[attr-defined]
        return Failed(NotAllowed("账号或密码不对，请核对后再试。"))
    failures = row.failures + 1  # type: ignore[attr-defined]
    values: dict[str, object] = {"failures": failures}
    words = f"账号或密码不对，还可再试 {TRIES - failures} 次。"
    if failures >= TRIES:
        values = {"failures": 0, "locked_until": now + LOCKED}
        words = f"连续输错 {TRIES} 次，账号锁定 15 分钟，请稍后再试。"
    connection.execute(
        update(account).where(account.c.account_key == row.account_key).values(**values)  # type: ignore[attr-defined]
    )
    return Failed(NotAllowed(words))
