"""Units and posts that a bundle brings and the register lacks: entered once, never overwritten."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from service.commands._administration import log_administration
from service.engine import Definition
from service.model.actor import SYSTEM
from service.store.register import posts_of, units_of
from service.store.registered import post_saved, unit_saved


def register_bundle(
    connection: Connection,
    definition: Definition,
    *,
    now: datetime,
    demo: bool = False,
    cause: int | None = None,
) -> None:
    """Enter what is missing; units of the demo only when asked for. `cause`: the event of the deployment that it
    follows from; without one the first that is entered is the act, and the others follow from it."""

    def enter(act: str, kind: str, row: Mapping[str, Any]) -> None:
        nonlocal cause
        body: dict[str, Any] = {kind: row, "old": {}, "new": row}
        if cause is not None:
            body["cause"] = cause
        number = log_administration(
            connection, SYSTEM, act, reason="随部署登记", now=now, body=body
        )
        cause = number if cause is None else cause

    known = units_of(connection)
    for unit in definition.groups.units.values():
        if unit.id not in known and (demo or not unit.demo):
            enter("save_unit", "unit", unit.entry.as_dict())
            unit_saved(connection, unit.entry.as_dict())
    posts = posts_of(connection)
    for post in definition.groups.posts.values():
        if post.post_id not in posts:
            enter("save_post", "post", post.as_dict())
            post_saved(connection, post.as_dict())
