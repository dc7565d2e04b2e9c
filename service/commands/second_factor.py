"""The second factor of an account: time-based codes of an authenticator (RFC 6238)."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

import pyotp
from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import Connection, delete, exists, insert, select, update

from service.commands._administration import check_office, log_administration
from service.commands.change_account import account_row
from service.model.actor import Actor
from service.model.errors import Refused
from service.store import tables as t

STEP = 30  # seconds for which a code is shown
DRIFT = 1  # steps by which clocks may differ


@dataclass(frozen=True)
class Vault:
    """Encrypts secrets at rest, under a key that stands outside the database."""

    key: str

    def lock(self, secret: str) -> bytes:
        """The secret encrypted (Fernet: AES-128-CBC with HMAC)."""
        return self._fernet.encrypt(secret.encode())

    def open(self, locked: bytes) -> str:
        """The secret again. Raises Refused when it was locked under another key."""
        try:
            return self._fernet.decrypt(bytes(locked)).decode()
        except InvalidToken as wrong:
            raise Refused("二次验证的密钥已更换，请联系安全管理员解除绑定。") from wrong

    @property
    def _fernet(self) -> Fernet:
        return Fernet(urlsafe_b64encode(sha256(b"second factor " + self.key.encode()).digest()))


def has_second_factor(connection: Connection, account_key: str) -> bool:
    """Whether a log-in to the account needs a code."""
    s = t.second_factor.c
    found = exists().where(s.account_key == account_key, s.confirmed_at.is_not(None))
    return bool(connection.execute(select(found)).scalar_one())


def begin_second_factor(connection: Connection, actor: Actor, vault: Vault) -> str:
    """A new secret (base32) to be read by an authenticator; in force once a code has confirmed it.

    Raises Refused when there is one in force.
    """
    if has_second_factor(connection, actor.account_key):
        raise Refused("已经开启二次验证；要换手机，请先停用。")
    s = t.second_factor
    connection.execute(delete(s).where(s.c.account_key == actor.account_key))
    secret = pyotp.random_base32()
    row = {"account_key": actor.account_key, "secret": vault.lock(secret), "last_step": 0}
    connection.execute(insert(s).values(**row))
    return secret


def confirm_second_factor(
    connection: Connection, actor: Actor, code: str, vault: Vault, *, now: datetime
) -> None:
    """Put it in force with a code that the authenticator shows. Raises Refused with `fields`."""
    if not code_is_right(connection, actor.account_key, code, vault, now=now):
        words = "与手机上现在显示的不符；请核对手机时间。"
        raise Refused("没有开启：验证码不对。", fields={"code": words})
    s = t.second_factor
    mine = s.c.account_key == actor.account_key
    connection.execute(update(s).where(mine).values(confirmed_at=now))
    body = {"account": actor.account_key}
    log_administration(
        connection, actor, "set_second_factor", reason="本人开启二次验证", now=now, body=body
    )


def drop_second_factor(
    connection: Connection, actor: Actor, code: str, vault: Vault, *, now: datetime
) -> None:
    """The actor's own ends, with a code of it. Raises Refused with `fields`."""
    if not code_is_right(connection, actor.account_key, code, vault, now=now):
        raise Refused("没有停用：验证码不对。", fields={"code": "与手机上现在显示的不符。"})
    _drop(connection, actor, actor.account_key, "本人停用二次验证", now)


def release_second_factor(
    connection: Connection, by: Actor, account_key: str, *, reason: str, now: datetime
) -> None:
    """Somebody has lost his authenticator: the security administrator releases him from it."""
    check_office(by, "security_admin")
    account_row(connection, account_key)
    _drop(connection, by, account_key, reason, now)


def _drop(connection: Connection, by: Actor, account_key: str, reason: str, now: datetime) -> None:
    body = {"account": account_key}
    log_administration(connection, by, "drop_second_factor", reason=reason, now=now, body=body)
    s = t.second_factor
    connection.execute(delete(s).where(s.c.account_key == account_key))


def code_is_right(
    connection: Connection, account_key: str, code: str, vault: Vault, *, now: datetime
) -> bool:
    """Whether a code is one of now, and was not used before; it is used up by this."""
    s = t.second_factor
    mine = s.c.account_key == account_key
    row = connection.execute(select(s).where(mine).with_for_update()).first()
    typed = "".join(code.split())
    if row is None or not (typed.isascii() and typed.isdigit()):
        return False
    codes, here = pyotp.TOTP(vault.open(row.secret)), int(now.timestamp()) // STEP
    for step in range(here - DRIFT, here + DRIFT + 1):
        if step > row.last_step and hmac.compare_digest(codes.generate_otp(step), typed):
            connection.execute(update(s).where(mine).values(last_step=step))
            return True
    return False
