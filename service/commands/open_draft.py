"""Begin a draft of the regulation: a named copy of a deployed version."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from service.commands._drafting import check_owner
from service.model.actor import Actor
from service.model.errors import NotFound, Refused
from service.model.keys import new_key
from service.store import deployments, workbench


def open_draft(
    connection: Connection, actor: Actor, name: str, *, now: datetime, base: str | None = None
) -> str:
    """The key of the new draft of the newest version, or of `base` (a digest). Raises NotAllowed, NotFound, Refused."""
    check_owner(connection, actor)
    name = " ".join(name.split())
    if not 2 <= len(name) <= 80:
        raise Refused("请给草稿起名，2 至 80 字。", fields={"name": "2 至 80 字。"})
    digest = base or deployments.newest(connection)
    if digest is None or not deployments.read_back(connection, digest).files:
        raise NotFound("没有这个版本。")
    row = {
        "draft_key": new_key("b"),
        "name": name,
        "author": actor.account_key,
        "author_name": actor.name,
        "base": digest,
        "status": "open",
        "created_at": now,
    }
    workbench.draft_opened(connection, row)
    return str(row["draft_key"])
