"""The inbox: 待办, 本单位, 已办, 办结, 我发起的."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for

from service.queries import inbox as queries
from service.queries.box_orders import Asked, order_of
from service.queries.consultations import asked_of
from service.queries.instance_boxes import INSTANCE_BOXES, instance_box
from service.queries.just_done import just_done
from service.store.session import reading
from service.store.standing_in import stand_ins
from service.web.access import SIGNED_IN, access, actor, now
from service.web.box_links import BOX_NAMES, asked_here, box_links, saved_links
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
ASKED = ("q", "due", "order")


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
    """A box of the inbox: tasks, or instances."""
    if name not in BOX_NAMES:
        abort(404)
    here = asked_here(ASKED)
    asked = Asked(here.get("q", ""), here.get("due", ""), here.get("order", ""))
    kept = {"box": name, **here}
    after = request.args.get("after")
    with reading(current_app.extensions["engine"]) as connection:
        shown = {
            "name": name,
            "title": BOX_NAMES[name],
            "asked": here,
            "order": order_of(name, asked.order).name,
            "boxes": box_links(connection, actor(), name),
            "saved": saved_links(connection, actor(), "inbox", kept),
            "kept": kept,
        }
        if name in INSTANCE_BOXES:
            page = instance_box(connection, actor(), name, after=after, asked=asked)
            return render_template("inbox_instances.html", page=page, **shown)
        rows = queries.inbox(connection, actor(), name, now=now(), after=after, asked=asked)
        shown |= _around(connection, name)
    return render_template("inbox.html", page=rows, **shown)


def _around(connection: Any, name: str) -> dict[str, Any]:
    """What stands above the tasks: what was just done, who asks for an opinion, who stands in for whom."""
    done = request.args.get("done")
    away = stand_ins(connection, now(), account_key=actor().account_key)
    return {
        "just_done": just_done(connection, actor(), done) if done else None,
        "asked_of": asked_of(connection, actor()) if name == "todo" else [],
        "away": [(r, p, a) for r, p, a in away if r.begins_at <= now()],
        "note": NOTES.get(request.args.get("note", "")),
    }
