"""Accounts and sessions: who is it?"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from service.model.actor import Actor
from service.store.sessions import session_hash
from service.store.tables import account, session


def actor_of_session(connection: Connection, token: str, *, now: datetime) -> Actor | None:
    """The person of a live session or API token; None when it is dead or the account disabled."""
    row = connection.execute(
        select(account)
        .join(session, session.c.account_key == account.c.account_key)
        .where(
            session.c.session_hash == session_hash(token),
            session.c.expires_at > now,
            account.c.disabled.is_(False),
        )
    ).first()
    if row is None:
        return None
    return Actor(
        row.account_key, row.name, row.unit_id, row.unit_name, row.post, frozenset(row.groups)
    )
