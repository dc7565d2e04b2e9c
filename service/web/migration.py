"""换版: which running instances can go on under the newest version, moving them, moving them back."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, render_template, request

from service.commands.migrate_instance import may_migrate, migrate_instance, undo_migration
from service.model.errors import NotFound, Refused
from service.queries.outdated import running
from service.store import deployments
from service.store.session import begin, reading
from service.web.access import DRAWS, access, actor, now

blueprint = Blueprint("migration", __name__, url_prefix="/workbench/running")


@blueprint.get("")
@access(DRAWS)
def index() -> Any:
    """Each with 可 or 不可 and why, tried without writing anything."""
    return _page({})


@blueprint.post("")
@access(DRAWS)
def move() -> Any:
    """Move those that were chosen, one after the other, each by itself: what cannot be moved stays and says why."""
    reason, back = request.form.get("reason", ""), request.form.get("act") == "undo"
    said: dict[str, str] = {}
    for key in request.form.getlist("instance"):
        try:
            with begin(current_app.extensions["engine"]) as connection:
                if back:
                    undo_migration(connection, actor(), key, reason=reason, now=now())
                else:
                    newest = _newest(connection)
                    migrate_instance(connection, actor(), key, newest, reason=reason, now=now())
        except Refused as refused:
            said[key] = refused.message
        else:
            said[key] = "已退回原来的版本。" if back else "已换到现行版本。"
    return _page(said)


def _newest(connection: Any) -> str:
    digest = deployments.newest(connection)
    if digest is None:
        raise NotFound("还没有部署流程。")
    return digest


def _page(said: dict[str, str]) -> Any:
    with reading(current_app.extensions["engine"]) as connection:
        rows = running(connection)
        newest = _newest(connection)
        version = deployments.version_of(connection, newest)
    why: dict[str, str | None] = {}
    for row in rows:
        if not row.newest:
            with begin(current_app.extensions["engine"]) as connection:
                why[row.instance_key] = may_migrate(connection, row.instance_key, newest, now=now())
    return render_template("workbench/running.html", rows=rows, why=why, said=said, version=version)
