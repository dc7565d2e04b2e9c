"""Every route says who may use it; a route that does not say is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import current_app, g, redirect, request, url_for
from werkzeug.wrappers import Response

from service.model.actor import Actor
from service.model.errors import NotAllowed
from service.queries.people import actor_of_session
from service.store.session import reading

COOKIE = "banjie_session"
PUBLIC, SIGNED_IN = "public", "signed_in"
View = TypeVar("View", bound=Callable[..., Any])


def access(who: str) -> Callable[[View], View]:
    """Declare who may use a view: PUBLIC or SIGNED_IN."""

    def declare(view: View) -> View:
        view.access = who  # type: ignore[attr-defined]
        return view

    return declare


def token_of_request() -> str | None:
    """The session's token: the cookie, or a bearer token of the API."""
    header = request.headers.get("Authorization", "")
    if header.startswith("Bearer ") and request.path.startswith("/api/"):
        return header[7:]
    return request.cookies.get(COOKIE)


def check_access() -> Response | None:
    """Before each request: who is it, and may he? Sends people to the log-in, refuses programs."""
    token = token_of_request()
    g.actor = None
    if token:
        with reading(current_app.extensions["engine"]) as connection:
            g.actor = actor_of_session(connection, token, now=now())
    if request.endpoint in (None, "static"):
        return None
    view = current_app.view_functions[request.endpoint]
    declared = getattr(view, "access", None)
    if declared == PUBLIC or (declared == SIGNED_IN and g.actor):
        return None
    if declared == SIGNED_IN and not request.path.startswith("/api/"):
        return redirect(
            url_for("auth.log_in_page", next=request.full_path if request.method == "GET" else None)
        )
    refused = NotAllowed("请先登录。")
    refused.status = 401
    raise refused


def now() -> Any:
    """The time, read at the edge."""
    return current_app.extensions["config"].now()


def actor() -> Actor:
    """The person of this request."""
    assert g.actor is not None
    return g.actor  # type: ignore[no-any-return]
