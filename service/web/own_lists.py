"""One's own lists: 抄送我的, 草稿, 关注, 常用意见, 常用筛选."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from sqlalchemy import Connection

from service.commands.keep_filter import drop_filter, keep_filter
from service.commands.set_phrases import set_phrases
from service.model.errors import BadInput
from service.queries.consultations import copies_for
from service.queries.own_lists import drafts_of, followed, phrases_of
from service.store.session import begin, reading
from service.web.access import SIGNED_IN, access, actor, now
from service.web.asking import Ask, ask_page, carried_out
from service.web.box_links import BOX_NAMES, SHELF_NAMES, box_links, filter_address
from service.web.inbox import ASKED as INBOX_ASKED
from service.web.ledger import ledger_parameters

blueprint = Blueprint("own_lists", __name__)


@blueprint.get("/shelf/<name>")
@access(SIGNED_IN)
def shelf(name: str) -> Any:
    """抄送我的, 草稿, 关注."""
    with reading(current_app.extensions["engine"]) as connection:
        if name == "copies":
            rows: Any = copies_for(connection, actor())
        elif name == "drafts":
            rows = drafts_of(connection, actor())
        elif name == "follows":
            rows = followed(connection, actor())
        else:
            raise BadInput("没有这个件箱。")
        boxes = box_links(connection, actor(), name)
    return render_template("shelf.html", name=name, title=SHELF_NAMES[name], rows=rows, boxes=boxes)


def _phrases() -> Ask:
    return Ask(
        "常用意见",
        "保存",
        url_for("inbox.box"),
        reason="一行一条",
        wanted=False,
        hint="办理时在“常用意见”里点一下，就填入意见栏。只有您自己看得到。",
    )


@blueprint.get("/phrases")
@access(SIGNED_IN)
def phrases_page() -> Any:
    """One's own phrases."""
    with reading(current_app.extensions["engine"]) as connection:
        lines = phrases_of(connection, actor())
    return ask_page(_phrases(), text="\n".join(lines))


@blueprint.post("/phrases")
@access(SIGNED_IN)
def phrases() -> Any:
    """Keep them."""
    _, refused = carried_out(
        lambda connection: set_phrases(connection, actor(), request.form.get("reason", "")),
        lambda refusal: ask_page(_phrases(), refusal),
    )
    return refused or redirect(url_for("inbox.box", note="phrases"))


@blueprint.post("/filters/<place>")
@access(SIGNED_IN)
def keep(place: str) -> Any:
    """Keep what a list is asked under a name; the fields `ask.NAME` say what stands in its address."""
    given = {k.removeprefix("ask."): v for k, v in request.form.items() if k.startswith("ask.")}
    with begin(current_app.extensions["engine"]) as connection:
        asked = keepable(connection, place, given)
        keep_filter(connection, actor(), place, request.form.get("name", ""), asked, now=now())
    return redirect(filter_address(place, asked))


def keepable(connection: Connection, place: str, given: Mapping[str, str]) -> dict[str, str]:
    """What can be kept of a list's address. Raises BadInput for a parameter that the list has not."""
    ledger = place == "ledger"
    known = ledger_parameters(connection) if ledger else ["box", *INBOX_ASKED]
    if not set(given) <= set(known) or given.get("box", "todo") not in BOX_NAMES:
        raise BadInput(f"常用筛选里只能有 {'、'.join(known)}。")
    return {name: value for name, value in given.items() if value}


@blueprint.post("/filters/<place>/drop")
@access(SIGNED_IN)
def drop(place: str) -> Any:
    """Drop a filter of one's own."""
    with begin(current_app.extensions["engine"]) as connection:
        drop_filter(connection, actor(), place, request.form.get("name", ""))
    return redirect(filter_address(place, {}))
