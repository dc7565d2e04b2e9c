"""Settings of the regulation: what is in force, since when and why; proposing a change."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from sqlalchemy import select

from service.commands.start_instance import start_instance
from service.model.errors import NotFound
from service.queries.settings import settings_page
from service.store import tables as t
from service.store.session import begin, reading
from service.web.access import SIGNED_IN, access, actor, now
from service.web.words import law_of

blueprint = Blueprint("settings", __name__)


@blueprint.get("/settings")
@access(SIGNED_IN)
def index() -> Any:
    """All settings."""
    with reading(current_app.extensions["engine"]) as connection:
        page = settings_page(connection, actor(), now=now())
    return render_template(
        "settings.html",
        page=page,
        law=lambda clauses: law_of(page.definition, clauses),
        key=secrets.token_hex(8),
    )


@blueprint.post("/settings")
@access(SIGNED_IN)
def propose() -> Any:
    """Start the process of a change and go to its first task."""
    with begin(current_app.extensions["engine"]) as connection:
        page = settings_page(connection, actor(), now=now())
        if page.definition.settings_changed_by is None:
            raise NotFound("这里没有画出变更设置的流程，请与流程管理人员联系。")
        started = start_instance(
            connection,
            actor(),
            page.definition.settings_changed_by,
            now=now(),
            idempotency_key=request.form.get("_key"),
        )
        task_key = connection.execute(
            select(t.task.c.task_key).where(
                t.task.c.instance_key == started.instance_key, t.task.c.status == "open"
            )
        ).scalar()
    if task_key is None:
        return redirect(url_for("settings.index"))
    return redirect(url_for("tasks.page", task_key=task_key))
