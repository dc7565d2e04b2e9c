"""Log in and out."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from service.commands._sessions import LoggedIn
from service.commands.log_in import Failed, HalfWay, log_in, log_in_with_code
from service.commands.log_out import log_out
from service.commands.second_factor import Vault
from service.commands.set_password import end_session, set_own_password
from service.model.errors import Refused
from service.queries.people import sessions
from service.store.session import begin, reading
from service.web.access import COOKIE, PUBLIC, SIGNED_IN, access, actor, now, token_of_request
from service.web.errors import note

blueprint = Blueprint("auth", __name__)
HALF_COOKIE = "banjie_half"


@blueprint.get("/login")
@access(PUBLIC)
def log_in_page() -> Any:
    """The log-in page; who is logged in goes on to the inbox."""
    if g.actor:
        return redirect(url_for("inbox.home"))
    return _log_in_form("", None)


@blueprint.post("/login")
@access(PUBLIC)
def log_in_post() -> Any:
    """Log in: a new session each time."""
    login = request.form.get("login", "")[:60].strip()
    with begin(current_app.extensions["engine"]) as connection:
        outcome = log_in(
            connection,
            login,
            request.form.get("password", "")[:200],
            now=now(),
            agent=request.headers.get("User-Agent", ""),
        )
    if isinstance(outcome, Failed):
        note(outcome.refusal)
        return _log_in_form(login, outcome.refusal.message), 403
    if isinstance(outcome, HalfWay):
        answer = redirect(url_for("auth.code_page", next=_next()))
        _set_cookie(answer, HALF_COOKIE, outcome.token, max_age=300)
        return answer
    return go_in(outcome, _next())


@blueprint.get("/login/code")
@access(PUBLIC)
def code_page() -> Any:
    """The second step of an account with a second factor."""
    return render_template("code.html", error=None, next=_next())


@blueprint.post("/login/code")
@access(PUBLIC)
def code_post() -> Any:
    """Log in with the code of the authenticator."""
    config = current_app.extensions["config"]
    with begin(current_app.extensions["engine"]) as connection:
        outcome = log_in_with_code(
            connection,
            request.cookies.get(HALF_COOKIE, ""),
            request.form.get("code", "")[:20],
            Vault(config.secret_key),
            now=now(),
            agent=request.headers.get("User-Agent", ""),
        )
    if isinstance(outcome, Failed):
        note(outcome.refusal)
        page = render_template("code.html", error=outcome.refusal.message, next=_next())
        return page, 403
    answer = go_in(outcome, _next())
    answer.delete_cookie(HALF_COOKIE)
    return answer


def go_in(logged_in: LoggedIn, wanted: str | None) -> Response:
    """To where somebody wanted to go, with the cookie of his session."""
    answer = redirect(wanted or url_for("inbox.home"))
    _set_cookie(answer, COOKIE, logged_in.token)
    return answer


def _set_cookie(answer: Response, name: str, token: str, max_age: int | None = None) -> None:
    secure = current_app.extensions["config"].production
    path = f"{request.script_root}/"  # a sandbox has pages of its own below
    answer.set_cookie(name, token, max_age, path=path, httponly=True, samesite="Lax", secure=secure)


def _log_in_form(login: str, error: str | None) -> str:
    provider = current_app.extensions["provider"]
    name = provider.name if provider else ""
    return render_template("login.html", login=login, error=error, next=_next(), provider=name)


@blueprint.post("/logout")
@access(SIGNED_IN)
def log_out_post() -> Any:
    """End the session on the server."""
    token = token_of_request()
    if token:
        with begin(current_app.extensions["engine"]) as connection:
            log_out(connection, token)
    answer = redirect(url_for("auth.log_in_page"))
    answer.delete_cookie(COOKIE, path=f"{request.script_root}/")
    return answer


@blueprint.get("/password")
@access(SIGNED_IN)
def password_page() -> Any:
    """Change one's own password."""
    return render_template("password.html", refusal=None)


@blueprint.post("/password")
@access(SIGNED_IN)
def password_post() -> Any:
    """The new password holds at once; other sessions end."""
    form, token = request.form, token_of_request() or ""
    try:
        if form.get("password") != form.get("again"):
            raise Refused(
                "两次输入的新密码不同，请重输。", fields={"again": "与上面的新密码不同。"}
            )
        with begin(current_app.extensions["engine"]) as connection:
            set_own_password(
                connection,
                actor(),
                token,
                form.get("old", "")[:200],
                form.get("password", "")[:200],
                now=now(),
            )
    except Refused as refusal:
        note(refusal)
        return render_template("password.html", refusal=refusal), refusal.status
    return redirect(url_for("auth.sessions_page", done="password"))


@blueprint.get("/sessions")
@access(SIGNED_IN)
def sessions_page() -> Any:
    """Where one is logged in."""
    with reading(current_app.extensions["engine"]) as connection:
        rows = sessions(
            connection,
            now=now(),
            account_key=actor().account_key,
            token=token_of_request() or "",
        )
    return render_template("sessions.html", rows=rows, done=request.args.get("done"))


@blueprint.post("/sessions/<key>/end")
@access(SIGNED_IN)
def end_own_session(key: str) -> Any:
    """End one of one's own sessions."""
    with begin(current_app.extensions["engine"]) as connection:
        end_session(connection, actor(), key, reason="本人退出", now=now())
    return redirect(url_for("auth.sessions_page"))


def _next() -> str | None:
    """Where to go afterwards: a path of ours only."""
    wanted = request.values.get("next", "")
    return wanted if wanted.startswith("/") and not wanted.startswith(("//", "/\\")) else None
