"""Log in and out."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, g, redirect, render_template, request, url_for

from service.commands.log_in import Failed, log_in
from service.commands.log_out import log_out
from service.store.session import begin
from service.web.access import COOKIE, PUBLIC, SIGNED_IN, access, now, token_of_request
from service.web.errors import note

blueprint = Blueprint("auth", __name__)


@blueprint.get("/login")
@access(PUBLIC)
def log_in_page() -> Any:
    """The log-in page; who is logged in goes on to the inbox."""
    if g.actor:
        return redirect(url_for("inbox.box"))
    return render_template("login.html", login="", error=None, next=_next())


@blueprint.post("/login")
@access(PUBLIC)
def log_in_post() -> Any:
    """Log in: a new session each time."""
    login = request.form.get("login", "")[:60].strip()
    with begin(current_app.extensions["engine"]) as connection:
        outcome = log_in(connection, login, request.form.get("password", "")[:200], now=now())
    if isinstance(outcome, Failed):
        note(outcome.refusal)
        page = render_template(
            "login.html", login=login, error=outcome.refusal.message, next=_next()
        )
        return page, 403
    answer = redirect(_next() or url_for("inbox.box"))
    production = current_app.extensions["config"].production
    answer.set_cookie(COOKIE, outcome.token, httponly=True, samesite="Lax", secure=production)
    return answer


@blueprint.post("/logout")
@access(SIGNED_IN)
def log_out_post() -> Any:
    """End the session on the server."""
    token = token_of_request()
    if token:
        with begin(current_app.extensions["engine"]) as connection:
            log_out(connection, token)
    answer = redirect(url_for("auth.log_in_page"))
    answer.delete_cookie(COOKIE)
    return answer


def _next() -> str | None:
    """Where to go afterwards: a path of ours only."""
    wanted = request.values.get("next", "")
    return wanted if wanted.startswith("/") and not wanted.startswith(("//", "/\\")) else None
