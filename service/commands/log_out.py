"""End a session at once."""

from __future__ import annotations

from sqlalchemy import Connection, delete

from service.store.sessions import session_hash
from service.store.tables import session


def log_out(connection: Connection, token: str) -> None:
    """The token is worth nothing from now on."""
    connection.execute(delete(session).where(session.c.session_hash == session_hash(token)))
