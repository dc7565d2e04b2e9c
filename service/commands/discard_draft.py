"""Give a draft up; its versions are kept but nobody works on it any more."""

from __future__ import annotations

from sqlalchemy import Connection

from service.commands._drafting import open_draft_of
from service.model.actor import Actor
from service.store import workbench


def discard_draft(connection: Connection, actor: Actor, draft_key: str) -> None:
    """Raises NotFound, NotAllowed, Conflict."""
    open_draft_of(connection, actor, draft_key)
    workbench.draft_became(connection, draft_key, "discarded")
