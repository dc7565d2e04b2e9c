"""Create an account of a unit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from argon2 import PasswordHasher
from sqlalchemy import Connection, insert, select

from service.model.actor import Actor
from service.model.errors import Refused
from service.model.keys import new_key
from service.store import history
from service.store.tables import account

HASHER = PasswordHasher()


def hash_password(password: str, hasher: PasswordHasher = HASHER) -> str:
    """What is kept of a password. Raises Refused when it is shorter than 8."""
    if len(password) < 8:
        raise Refused("密码至少 8 位，请重设。")
    return hasher.hash(password)


def create_account(
    connection: Connection,
    *,
    login: str,
    name: str,
    unit_id: str,
    unit_name: str,
    post: str,
    groups: Sequence[str],
    password_hash: str,
    now: datetime,
) -> Actor:
    """A new account. Raises Refused when the login is taken."""
    taken = select(account.c.account_key).where(account.c.login == login)
    if connection.execute(taken).first():
        raise Refused(f"账号 {login} 已被使用，请换一个。")
    key = new_key("a")
    connection.execute(
        insert(account).values(
            account_key=key,
            login=login,
            name=name,
            unit_id=unit_id,
            unit_name=unit_name,
            post=post,
            groups=list(groups),
            password_hash=password_hash,
            created_at=now,
        )
    )
    history.append(
        connection,
        at=now,
        act="create_account",
        body={"account": key, "login": login, "unit": unit_id, "groups": sorted(groups)},
    )
    return Actor(key, name, unit_id, unit_name, post, frozenset(groups))
