"""What the county publishes of its project funds (article 26): page, CSV and feed, without log-in."""

from __future__ import annotations

import csv
import hashlib
import io
from typing import Any
from xml.sax.saxutils import escape

from flask import Blueprint, Response, current_app, render_template, request, url_for

from service.papers.publication import Publication
from service.queries.publications import publications
from service.regulation.dates import local_date
from service.store.session import reading
from service.web.access import PUBLIC, access

blueprint = Blueprint("public", __name__)
KEPT = 300
STATES = {"current": "现行", "replaced": "已更正", "withdrawn": "已撤回"}


def _found() -> tuple[list[Publication], str]:
    """The publications, and those rows of them that hold the word asked for."""
    word = request.args.get("q", "").strip()[:40]
    with reading(current_app.extensions["engine"]) as connection:
        return publications(connection), word


def _kept(body: str | bytes, kind: str) -> Response:
    """An answer that others may keep for five minutes."""
    answer = Response(body, content_type=f"{kind}; charset=utf-8")
    answer.headers["Cache-Control"] = f"public, max-age={KEPT}"
    raw = body.encode() if isinstance(body, str) else body
    answer.set_etag(hashlib.sha256(raw).hexdigest()[:32])
    return answer.make_conditional(request)  # type: ignore[return-value]


@blueprint.get("/public")
@access(PUBLIC)
def page() -> Any:
    """All publications, newest first; the same for everybody, so nobody's name stands on it."""
    found, word = _found()
    text = render_template(
        "public.html", found=found, word=word, states=STATES, person=None, nonce=""
    )
    return _kept(text, "text/html")


@blueprint.get("/public.csv")
@access(PUBLIC)
def table() -> Any:
    """One line for each published row."""
    found, _ = _found()
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("公开日期", "期间", "状态", "公开单位", "项", "内容"))
    for one in found:
        head = (str(local_date(one.at)), one.key, STATES[one.state], one.unit)
        for part in one.parts:
            for row in part.rows:
                words = "；".join(f"{h}：{w}" for h, w in zip(part.heads, row, strict=True) if w)
                writer.writerow([_plain(v) for v in (*head, part.label, words)])
        if not one.parts:
            writer.writerow([_plain(v) for v in (*head, "", "")])
    answer = _kept("\ufeff" + out.getvalue(), "text/csv")
    answer.headers["Content-Disposition"] = "attachment; filename=public.csv"
    return answer


@blueprint.get("/public.rss")
@access(PUBLIC)
def feed() -> Any:
    """RSS 2.0 of the publications."""
    found, _ = _found()
    home = url_for("public.page", _external=True)
    items = "".join(_item(one, home) for one in found)
    text = (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel>'
        f"<title>眉县政务信息化项目资金公开</title><link>{escape(home)}</link>"
        f"<description>专项资金的安排、拨付、使用、管理</description><language>zh-cn</language>{items}</channel></rss>"
    )
    return _kept(text, "application/rss+xml")


def _item(one: Publication, home: str) -> str:
    words = "；".join(f"{label}：{text}" for label, text in one.fields)
    title = f"{one.key or one.title}（{STATES[one.state]}）"
    return (
        f"<item><title>{escape(title)}</title><link>{escape(home)}</link>"
        f'<guid isPermaLink="false">{escape(f"{one.key} {one.at.isoformat()} {one.state}")}</guid>'
        f"<pubDate>{one.at.strftime('%a, %d %b %Y %H:%M:%S +0000')}</pubDate>"
        f"<description>{escape(words)}</description></item>"
    )


def _plain(value: str) -> str:
    # a text that begins like a formula stays a text in every program
    return f"'{value}" if value[:1] in "=+-@\t\r" and value else value
