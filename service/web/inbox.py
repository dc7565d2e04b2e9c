"""The inbox: 待办, 本单位, 已办."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for

from service.queries import inbox as queries
from service.queries.consultations import asked_of
from service.queries.just_done import just_done
from service.store.session import reading
from service.store.standing_in import stand_ins
from service.web.access import SIGNED_IN, access, actor, now
from service.web.navigation import OFFICES

blueprint = Blueprint("inbox", __name__)
NOTES = {
    "returned": "已退回，对方会在待办中看到理由。",
    "transferred": "已转办，由对方办理。",
    "entrusted": "已委托办理，对方填好后会交回给您。",
    "handed_back": "已交回，由委托人核对提交。",
    "phrases": "常用意见已保存。",
    "answered": "意见已提交，记入办理过程。",
}
NAMES = {"todo": "待办", "unit": "本单位", "done": "已办"}


@blueprint.get("/")
@access(SIGNED_IN)
def home() -> Any:
    """The inbox is the home page; that of an office of administration its first entry."""
    if actor().role:
        return redirect(url_for(OFFICES[str(actor().role)][0][0]))
    return redirect(url_for("inbox.box"))


@blueprint.get("/inbox", defaults={"name": "todo"})
@blueprint.get("/inbox/<name>")
@access(SIGNED_IN)
def box(name: str) -> Any:
    """A box of the inbox."""
    if name not in NAMES:
        abort(404)
    search = request.args.get("q", "").strip()
    done = request.args.get("done")
    with reading(current_app.extensions["engine"]) as connection:
        page = queries.inbox(
            connection, actor(), name, after=request.args.get("after"), search=search
        )
        asked = asked_of(connection, actor()) if name == "todo" else []
        away = stand_ins(connection, now(), account_key=actor().account_key)
        told = just_done(connection, actor(), done) if done else None
    return render_template(
        "inbox.html",
        name=name,
        names=NAMES,
        page=page,
        search=search,
        just_done=told,
        asked=asked,
        away=[(r, p, a) for r, p, a in away if r.begins_at <= now()],
        note=NOTES.get(request.args.get("note", "")),
    )
