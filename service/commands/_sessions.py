"""Sessions begin here: a token for the browser, its hash for the database."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert

from service.store.sessions import HALF, session_hash
from service.store.tables import session

LASTS = timedelta(hours=8)
HALF_LASTS = timedelta(minutes=5)


@dataclass(frozen=True)
class LoggedIn:
    """The token of the new session (given to the browser, kept here as a hash)."""

    token: str
    account_key: str


def open_session(
    connection: Connection, account_key: str, *, kind: str, agent: str, now: datetime
) -> LoggedIn:
    """A session of eight hours; of five minutes when `kind` is HALF, which opens nothing but the second step."""
    token = secrets.token_urlsafe(32)
    connection.execute(
        insert(session).values(
            session_hash=session_hash(token),
            account_key=account_key,
            kind=kind,
            agent=agent[:200],
            created_at=now,
            expires_at=now + (HALF_LASTS if kind == HALF else LASTS),
        )
    )
    return LoggedIn(token, account_key)
