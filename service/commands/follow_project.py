"""关注: a project on one's own list, or no longer."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from service.model.actor import Actor
from service.model.errors import NotFound
from service.store import tables as t
from service.store.sight import visible


def follow_project(
    connection: Connection, actor: Actor, project_key: str, *, wanted: bool, now: datetime
) -> None:
    """Put the project on the actor's list or take it off. Raises NotFound for one that he may not see."""
    seen = select(t.project.c.project_key).where(
        t.project.c.project_key == project_key, visible(actor)
    )
    if connection.execute(seen).first() is None:
        raise NotFound("没有这个项目。")
    mine = (t.follow.c.account_key == actor.account_key) & (t.follow.c.project_key == project_key)
    connection.execute(delete(t.follow).where(mine))
    if wanted:
        row = {"account_key": actor.account_key, "project_key": project_key, "at": now}
        connection.execute(insert(t.follow).values(row))
