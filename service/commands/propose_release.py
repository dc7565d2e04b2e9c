"""Propose a draft, as it stands, for release: it will be checked, then somebody else decides."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from service.commands._drafting import check_owner, open_draft_of
from service.commands.open_draft import open_draft
from service.model.actor import Actor
from service.model.errors import Refused
from service.model.keys import new_key
from service.store import deployments, workbench


def propose_release(
    connection: Connection, actor: Actor, draft_key: str, reason: str, *, now: datetime
) -> str:
    """The key of the proposal. Raises NotFound, NotAllowed, Conflict, Refused without a reason or a change."""
    draft = open_draft_of(connection, actor, draft_key)
    if not reason.strip():
        raise Refused("请写明为什么要改。", fields={"reason": "请写明为什么要改。"})
    upto = workbench.last_edit(connection, draft_key)
    bundle = workbench.bundle_of(connection, draft_key, draft.base, upto)
    newest = deployments.newest(connection)
    if bundle.digest == newest:
        raise Refused("草稿与现行版本相同，没有可发布的改动。")
    return _proposed(connection, actor, draft, bundle.digest, upto, reason, now)


def propose_rollback(
    connection: Connection, actor: Actor, digest: str, reason: str, *, now: datetime
) -> str:
    """The same for an older version as it was. Raises NotFound, NotAllowed, Refused."""
    check_owner(connection, actor)
    version = deployments.version_of(connection, digest)
    key = open_draft(connection, actor, f"退回第 {version} 版", now=now, base=digest)
    return propose_release(connection, actor, key, reason, now=now)


def _proposed(
    connection: Connection,
    actor: Actor,
    draft: Row[Any],
    digest: str,
    upto: int,
    reason: str,
    now: datetime,
) -> str:
    row = {
        "release_key": new_key("r"),
        "draft_key": draft.draft_key,
        "upto": upto,
        "name": draft.name,
        "author": actor.account_key,
        "author_name": actor.name,
        "reason": reason.strip()[:1000],
        "base": deployments.newest(connection),
        "digest": digest,
        "status": "queued",
        "progress": "等待检查",
        "proposed_at": now,
    }
    workbench.proposed(connection, row)
    return str(row["release_key"])
