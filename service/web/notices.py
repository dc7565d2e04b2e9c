"""Notices: what one's units are reminded of."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, redirect, render_template, request, url_for

from service.commands.read_notices import read_notices
from service.queries.notices import notices, unread_keys
from service.store.session import begin, reading
from service.web.access import SIGNED_IN, access, actor, now

blueprint = Blueprint("notices", __name__)


@blueprint.get("/notices")
@access(SIGNED_IN)
def index() -> Any:
    """The newest notices."""
    with reading(current_app.extensions["engine"]) as connection:
        rows = notices(connection, actor())
    return render_template("notices.html", rows=rows)


@blueprint.post("/notices")
@access(SIGNED_IN)
def read() -> Any:
    """Mark one notice as read, or all."""
    wanted = request.form.get("notice")
    with begin(current_app.extensions["engine"]) as connection:
        keys = unread_keys(connection, actor())
        read_notices(connection, actor(), [k for k in keys if wanted in (None, "", k)], now=now())
    return redirect(url_for("notices.index"))
