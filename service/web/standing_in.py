"""代理: one's own stand-ins, and those of everybody for the administrator."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, current_app, redirect, render_template, request, url_for

from service.commands.end_stand_in import end_stand_in
from service.commands.set_stand_in import set_stand_in
from service.definitions import newest_definition
from service.model.errors import Refused
from service.queries.colleagues import everybody
from service.store.session import begin, reading
from service.store.standing_in import stand_ins
from service.web.access import SIGNED_IN, access, actor, now
from service.web.errors import note

blueprint = Blueprint("standing_in", __name__)
SYSTEM_ADMIN = "system_admin"


@blueprint.get("/stand_ins")
@access(SIGNED_IN)
def page() -> Any:
    """Who stands in for me, for whom I do, and a form for a new one."""
    return _page(None)


@blueprint.get("/admin/stand_ins")
@access(SYSTEM_ADMIN)
def all_page() -> Any:
    """All that are or will be in force."""
    return _page(None)


def _page(refusal: Refused | None) -> str:
    admin = actor().role == SYSTEM_ADMIN
    with reading(current_app.extensions["engine"]) as connection:
        rows = stand_ins(connection, now(), account_key=None if admin else actor().account_key)
        people = everybody(connection, actor())
        definition = newest_definition(connection)
    processes = {
        p.id: p.name for p in definition.processes.values() if p.id not in definition.called
    }
    return render_template(
        "stand_ins.html",
        rows=rows,
        people=people,
        processes=processes,
        admin=admin,
        refusal=refusal,
        typed=request.form,
    )


@blueprint.post("/stand_ins")
@access(SIGNED_IN)
def set_() -> Any:
    """A new one."""
    form = request.form
    try:
        with begin(current_app.extensions["engine"]) as connection:
            set_stand_in(
                connection,
                actor(),
                form.get("agent", ""),
                _day(form.get("first", "")),
                _day(form.get("last", "")),
                principal=form.get("principal") or None,
                process_id=form.get("process") or None,
                reason=form.get("reason", ""),
                now=now(),
            )
    except Refused as refusal:
        note(refusal)
        return _page(refusal), refusal.status
    return _back()


@blueprint.post("/stand_ins/<key>/end")
@access(SIGNED_IN)
def end(key: str) -> Any:
    """He is back."""
    with begin(current_app.extensions["engine"]) as connection:
        end_stand_in(connection, actor(), key, now=now())
    return _back()


def _back() -> Any:
    admin = actor().role == SYSTEM_ADMIN
    return redirect(url_for("standing_in.all_page" if admin else "standing_in.page"))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
