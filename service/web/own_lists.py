"""One's own lists: 抄送我的, 草稿, 关注, 常用意见."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, redirect, render_template, request, url_for

from service.commands.set_phrases import set_phrases
from service.model.errors import BadInput
from service.queries.consultations import copies_for
from service.queries.own_lists import drafts_of, followed, phrases_of
from service.store.session import reading
from service.web.access import SIGNED_IN, access, actor
from service.web.asking import Ask, ask_page, carried_out

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
    return render_template("shelf.html", name=name, rows=rows)


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
