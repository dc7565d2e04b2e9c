"""Accounts and sessions: who is it, and where else is he logged in?"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from service.model.actor import Actor
from service.model.errors import NotFound
from service.store import tables as t
from service.store.register import actors
from service.store.sessions import BY_PROVIDER, HALF, session_hash
from service.store.standing_in import stands_in

_LIVE = select(t.session.c.account_key, t.session.c.kind)


@dataclass(frozen=True)
class SignedIn:
    """The person of a live session; `must_change`: before all else he sets a password of his own, unless a
    provider answers for him.
    """

    actor: Actor
    must_change: bool


@dataclass(frozen=True)
class SessionRow:
    """A live session as people see it: `key` names it for ending, the token stays unknown."""

    key: str
    account_key: str
    login: str
    name: str
    unit: str
    kind: str
    agent: str
    created_at: datetime
    expires_at: datetime
    own: bool


def signed_in(connection: Connection, token: str, *, now: datetime) -> SignedIn | None:
    """The person of a live session or API token; None when it is dead or the account disabled."""
    live = (
        (t.session.c.session_hash == session_hash(token))
        & (t.session.c.expires_at > now)
        & (t.session.c.kind != HALF)
    )
    row = connection.execute(_LIVE.where(live)).first()
    if row is None:
        return None
    mine = t.account.c.account_key == row.account_key
    found = actors(connection, mine & t.account.c.disabled.is_(False))
    if not found:
        return None
    account, actor = found[0]
    actor = dataclasses.replace(actor, stands_in_for=stands_in(connection, actor, now))
    return SignedIn(actor, account.must_change and row.kind != BY_PROVIDER)


def sessions(
    connection: Connection, *, now: datetime, account_key: str | None = None, token: str = ""
) -> list[SessionRow]:
    """Live sessions, newest first: all, or those of one account; `token` marks the asker's own."""
    query = (
        select(t.session, t.account.c.login, t.account.c.name, t.unit.c.name.label("unit_name"))
        .join(t.account, t.account.c.account_key == t.session.c.account_key)
        .join(t.unit, t.unit.c.unit_id == t.account.c.unit_id)
        .where(t.session.c.expires_at > now, t.session.c.kind != HALF)
        .order_by(t.session.c.created_at.desc(), t.session.c.session_hash)
    )
    if account_key is not None:
        query = query.where(t.session.c.account_key == account_key)
    mine = session_hash(token)
    return [_session(row, mine) for row in connection.execute(query)]


def _session(row: Any, mine: str) -> SessionRow:
    return SessionRow(
        row.session_hash, row.account_key, row.login, row.name, row.unit_name, row.kind, row.agent,
        row.created_at, row.expires_at, row.session_hash == mine,
    )  # fmt: skip


def actor_named(connection: Connection, login: str) -> Actor:
    """The person with a log-in name. Raises NotFound when there is none, or none who may work."""
    found = actors(connection, (t.account.c.login == login) & t.account.c.disabled.is_(False))
    if not found:
        raise NotFound(f"没有可用的账号 {login}。")
    return found[0][1]
