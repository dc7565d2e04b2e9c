"""For system administrators: letters that did not get through."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, redirect, render_template, url_for

from service.commands.settle_delivery import try_again
from service.queries.contacts import undelivered
from service.store.session import begin, reading
from service.web.access import access, now

blueprint = Blueprint("deliveries", __name__)
SYSTEM_ADMIN = "system_admin"


@blueprint.get("/deliveries")
@access(SYSTEM_ADMIN)
def index() -> Any:
    """What was refused, and why."""
    config = current_app.extensions["config"]
    with reading(current_app.extensions["engine"]) as connection:
        rows = undelivered(connection)
    return render_template("deliveries.html", rows=rows, ways=config.ways_out())


@blueprint.post("/deliveries/<key>")
@access(SYSTEM_ADMIN)
def again(key: str) -> Any:
    """Send a letter once more that was given up."""
    with begin(current_app.extensions["engine"]) as connection:
        try_again(connection, key, now=now())
    return redirect(url_for("deliveries.index"))
