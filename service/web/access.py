"""Every route says who may use it; a route that does not say is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import current_app, g, redirect, request, url_for
from werkzeug.wrappers import Response

from service.definitions import newest_definition
from service.model.actor import Actor
from service.model.errors import NotAllowed
from service.model.people import ROLES
from service.queries.people import signed_in
from service.store.session import reading

COOKIE = "banjie_session"
PUBLIC, SIGNED_IN, AUDITOR, DRAWS = "public", "signed_in", "auditor", "draws"
INSIGHT = "insight"  # sums over all projects, without their contents: auditors and who draws
MAY_CHANGE = {"auth.password_page", "auth.password_post", "auth.log_out_post"}
View = TypeVar("View", bound=Callable[..., Any])


def access(who: str) -> Callable[[View], View]:
    """Declare who may use a view: PUBLIC, SIGNED_IN, AUDITOR, DRAWS, INSIGHT, or an office of administration."""

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
    g.actor, must_change = None, False
    chosen = current_app.extensions.get("person")  # in a sandbox: whoever its owner says he is
    if chosen:
        with reading(current_app.extensions["engine"]) as connection:
            g.actor = chosen(connection)
    elif token:
        with reading(current_app.extensions["engine"]) as connection:
            found = signed_in(connection, token, now=now())
        if found:
            g.actor, must_change = found.actor, found.must_change
    if request.endpoint in (None, "static"):
        return None
    declared = getattr(current_app.view_functions[request.endpoint], "access", None)
    if declared == PUBLIC:
        return None
    if declared is None or g.actor is None:
        return _log_in_first(declared)
    if must_change and request.endpoint not in MAY_CHANGE:
        return _change_first()
    _check_part(declared, g.actor)
    return None


def _check_part(declared: str, person: Actor) -> None:
    if declared == AUDITOR:
        if not is_auditor(person):
            raise NotAllowed("这里只供审计人员使用。")
    elif declared == INSIGHT:
        if not (is_auditor(person) or may_draw(person)):
            raise NotAllowed("这里只供审计人员和流程管理人员使用。")
    elif declared == DRAWS:
        if not may_draw(person):
            raise NotAllowed("这里只供流程管理人员使用。")
    elif declared not in (SIGNED_IN, person.role):
        raise NotAllowed(f"这里只供{ROLES[declared]}使用。")


def is_auditor(actor: Actor) -> bool:
    """Whether he reads the whole county's record: one of his groups `audits`, says the newest bundle."""
    if "auditor" not in g:
        with reading(current_app.extensions["engine"]) as connection:
            groups = newest_definition(connection).groups if actor.groups else None
        g.auditor = groups is not None and groups.audits(actor.groups)
    return bool(g.auditor)


def _log_in_first(declared: str | None) -> Response:
    """People are sent to the log-in page, programs refused."""
    if declared is not None and not request.path.startswith("/api/"):
        wanted = request.full_path if request.method == "GET" else None
        return redirect(url_for("auth.log_in_page", next=wanted))
    refused = NotAllowed("请先登录。")
    refused.status = 401
    raise refused


def _change_first() -> Response:
    """With an initial password nothing is done but replacing it."""
    if not request.path.startswith("/api/"):
        return redirect(url_for("auth.password_page"))
    raise NotAllowed("请先在网页上把初始密码改为自己的密码。")


def may_draw(actor: Actor) -> bool:
    """Whether he changes the regulation's diagrams: one of his groups `draws`, says the newest bundle."""
    if not actor.groups:
        return False
    with reading(current_app.extensions["engine"]) as connection:
        return newest_definition(connection).groups.draws(actor.groups)


def now() -> Any:
    """The time, read at the edge."""
    return current_app.extensions["config"].now()


def actor() -> Actor:
    """The person of this request."""
    assert g.actor is not None
    return g.actor  # type: ignore[no-any-return]
