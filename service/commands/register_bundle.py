"""Units and posts that a bundle brings and the register lacks: entered once, never overwritten."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from service.commands._administration import log_administration
from service.engine import Definition
from service.model.actor import SYSTEM
from service.store.register import posts_of, units_of
from service.store.registered import post_saved, unit_saved


def register_bundle(
    connection: Connection, definition: Definition, *, now: datetime, demo: bool = False
) -> None:
    """Enter what is missing; units of the demo only when asked for."""
    reason = "随部署登记"
    known = units_of(connection)
    for unit in definition.groups.units.values():
        if unit.id not in known and (demo or not unit.demo):
            row = unit.entry.as_dict()
            body = {"unit": row, "old": {}, "new": row}
            log_administration(connection, SYSTEM, "save_unit", reason=reason, now=now, body=body)
            unit_saved(connection, row)
    posts = posts_of(connection)
    for post in definition.groups.posts.values():
        if post.post_id not in posts:
            row = post.as_dict()
            body = {"post": row, "old": {}, "new": row}
            log_administration(connection, SYSTEM, "save_post", reason=reason, now=now, body=body)
            post_saved(connection, row)
