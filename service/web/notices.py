"""Notices: what one's units are reminded of."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, redirect, render_template, request, url_for

from service.commands.read_notices import read_notices
from service.commands.set_contact import MODES, set_contact
from service.model.errors import Refused
from service.queries.contacts import contact_of, last_deliveries
from service.queries.notices import notices, unread_keys
from service.store.session import begin, reading
from service.web.access import SIGNED_IN, access, actor, now

blueprint = Blueprint("notices", __name__)


@blueprint.get("/notices")
@access(SIGNED_IN)
def index() -> Any:
    """The newest notices, and how one wants to be told."""
    return _page()


def _page(refusal: Refused | None = None) -> Any:
    with reading(current_app.extensions["engine"]) as connection:
        rows = notices(connection, actor())
        contact = contact_of(connection, actor())
        letters = last_deliveries(connection, actor().account_key)
    typed = request.form if refusal else {}
    page = render_template(
        "notices.html",
        rows=rows,
        letters=letters,
        modes=MODES,
        email=typed.get("email", contact.email if contact else ""),
        mode=typed.get("mode", contact.mode if contact else "off"),
        mail=bool(current_app.extensions["config"].mail_url),
        refusal=refusal,
    )
    return page, refusal.status if refusal else 200


@blueprint.post("/notices")
@access(SIGNED_IN)
def read() -> Any:
    """Mark one notice as read, or all."""
    wanted = request.form.get("notice")
    with begin(current_app.extensions["engine"]) as connection:
        keys = unread_keys(connection, actor())
        read_notices(connection, actor(), [k for k in keys if wanted in (None, "", k)], now=now())
    return redirect(url_for("notices.index"))


@blueprint.post("/notices/contact")
@access(SIGNED_IN)
def contact() -> Any:
    """How one wants to be told from now on."""
    email, mode = request.form.get("email", ""), request.form.get("mode", "")
    try:
        with begin(current_app.extensions["engine"]) as connection:
            set_contact(connection, actor(), email, mode, now=now())
    except Refused as refused:
        return _page(refused)
    return redirect(url_for("notices.index", _anchor="contact"))
