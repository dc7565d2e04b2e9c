"""Log in with login and password, and with a code where the account has a second factor."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from argon2.exceptions import Argon2Error
from sqlalchemy import Connection, delete, select, update

from service.commands._sessions import LoggedIn, open_session
from service.commands.create_account import HASHER
from service.commands.second_factor import Vault, code_is_right, has_second_factor
from service.model.errors import NotAllowed, Refused
from service.regulation.dates import SHANGHAI
from service.store.sessions import HALF, session_hash
from service.store.tables import account, session

TRIES = 5
LOCKED = timedelta(minutes=15)
# so that an unknown login takes as long as a wrong password
NOBODY = HASHER.hash("nobody-has-this-password")


@dataclass(frozen=True)
class HalfWay:
    """The password was right; `token` opens only the page that asks for the code, for five minutes."""

    token: str


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
) -> LoggedIn | HalfWay | Failed:
    """A session of eight hours, or a Failed that the edge commits too: five failures lock for 15 minutes."""
    row = connection.execute(select(account).where(account.c.login == login)).first()
    if row is not None and (locked := _locked(row, now)):
        return locked
    if (
        not _matches(row.password_hash if row is not None else NOBODY, password)
        or row is None
        or row.disabled
    ):
        return _failed(connection, row, "账号或密码", now)
    if has_second_factor(connection, row.account_key):
        half = open_session(connection, row.account_key, kind=HALF, agent=agent, now=now)
        return HalfWay(half.token)
    _forgiven(connection, row.account_key)
    return open_session(connection, row.account_key, kind=kind, agent=agent, now=now)


def log_in_with_code(
    connection: Connection,
    half: str,
    code: str,
    vault: Vault,
    *,
    now: datetime,
    kind: str = "browser",
    agent: str = "",
) -> LoggedIn | Failed:
    """The second step: a session for the code of the account's authenticator. Failures count as those of passwords."""
    live = (session.c.session_hash == session_hash(half)) & (session.c.kind == HALF)
    row = connection.execute(
        select(account)
        .join(session, session.c.account_key == account.c.account_key)
        .where(live, session.c.expires_at > now, account.c.disabled.is_(False))
    ).first()
    if row is None:
        return Failed(NotAllowed("等得太久了，请从账号和密码重新登录。"))
    if locked := _locked(row, now):
        return locked
    if not code_is_right(connection, row.account_key, code, vault, now=now):
        return _failed(connection, row, "验证码", now)
    connection.execute(delete(session).where(live))
    _forgiven(connection, row.account_key)
    return open_session(connection, row.account_key, kind=kind, agent=agent, now=now)


def _locked(row: Any, now: datetime) -> Failed | None:
    if not row.locked_until or row.locked_until <= now:
        return None
    until = row.locked_until.astimezone(SHANGHAI)
    return Failed(NotAllowed(f"连续输错 {TRIES} 次，账号锁定到 {until:%H:%M}，请稍后再试。"))


def _matches(password_hash: str, password: str) -> bool:
    try:
        return HASHER.verify(password_hash, password)
    except Argon2Error:
        return False


def _forgiven(connection: Connection, account_key: str) -> None:
    this = account.c.account_key == account_key
    connection.execute(update(account).where(this).values(failures=0, locked_until=None))


def _failed(connection: Connection, row: Any, what: str, now: datetime) -> Failed:
    if row is None or row.disabled:
        return Failed(NotAllowed(f"{what}不对，请核对后再试。"))
    failures = row.failures + 1
    values: dict[str, object] = {"failures": failures}
    words = f"{what}不对，还可再试 {TRIES - failures} 次。"
    if failures >= TRIES:
        values = {"failures": 0, "locked_until": now + LOCKED}
        words = f"连续输错 {TRIES} 次，账号锁定 15 分钟，请稍后再试。"
    this = account.c.account_key == row.account_key
    connection.execute(update(account).where(this).values(**values))
    return Failed(NotAllowed(words))
