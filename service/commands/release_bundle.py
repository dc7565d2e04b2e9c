"""A second person releases what was proposed and checked: it becomes the newest version."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from service.commands._advance import actor_body
from service.commands._drafting import check_owner
from service.commands.deploy import Deployed, deploy
from service.model.actor import Actor
from service.model.errors import Conflict, NotAllowed, NotFound, Refused
from service.store import deployments, history, workbench

SAID = 300  # changes that stand in the event itself; the digest is over all


def release_bundle(
    connection: Connection, actor: Actor, release_key: str, *, now: datetime
) -> Deployed:
    """Deploy the proposal; the event carries author, reason, changes and what the checks gave.

    Raises NotFound, NotAllowed to the author and whoever edited the draft, Conflict when it is not ready or another
    version has been released since, BadInput.
    """
    check_owner(connection, actor)
    history.queue_up(connection)
    row = workbench.release_of(connection, release_key)
    if row is None:
        raise NotFound("没有这份发布申请。")
    if actor.account_key in {row.author, *workbench.editors(connection, row.draft_key)}:
        raise NotAllowed("发布要由提出和修改的人之外的另一位流程管理人员决定。")
    if row.status != "ready":
        raise Conflict("这份申请还没有检查完，或检查没有通过，不能发布。")
    if deployments.newest(connection) != row.base:
        raise Conflict("提出之后现行版本已经换过，检查结果不再作数，请重新提出。")
    draft = workbench.draft_of(connection, row.draft_key)
    assert draft is not None
    bundle = workbench.bundle_of(connection, row.draft_key, draft.base, row.upto)
    if bundle.digest != row.digest:
        raise Conflict("草稿的内容与检查时不同，不能发布，请重新提出。")
    about = {"actor": actor_body(actor), "reason": row.reason, "release": _said(row)}
    done = deploy(connection, bundle, by=actor.name, now=now, act="release", about=about)
    workbench.release_became(
        connection, release_key, status="released", progress="已发布", released_at=now,
        released_by_name=actor.name, version=done.version,
    )  # fmt: skip
    workbench.draft_became(connection, row.draft_key, "released")
    return done


def withdraw_release(connection: Connection, actor: Actor, release_key: str) -> None:
    """The author takes a proposal back. Raises NotFound, NotAllowed, Refused."""
    row = workbench.release_of(connection, release_key)
    if row is None:
        raise NotFound("没有这份发布申请。")
    if row.author != actor.account_key:
        raise NotAllowed("只有提出的人可以撤销申请。")
    if row.status in ("released", "withdrawn"):
        raise Refused("这份申请已经发布或撤销。")
    workbench.release_became(connection, release_key, status="withdrawn", progress="已撤销")


def _said(row: Row[Any]) -> dict[str, Any]:
    results = json.loads(row.results)
    return {
        "key": row.release_key,
        "author": {"account_key": row.author, "name": row.author_name},
        "base": row.base,
        "changes": [c["said"] for c in results["changes"]][:SAID],
        "checks": results["summary"],
        "results": hashlib.sha256(row.results.encode()).hexdigest(),
    }
