"""The application: configuration, routes, refusals into pages, headers."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Flask, g, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf.csrf import CSRFProtect
from werkzeug.wrappers import Response

from service import log
from service.config import Config
from service.definitions import learn
from service.web import (
    admin,
    api,
    api_acts,
    api_diagrams,
    api_lists,
    api_stand_ins,
    archives,
    audit,
    auth,
    calendar,
    consulting,
    deliveries,
    documents,
    errors,
    evidence,
    files,
    going_back,
    handing_on,
    health,
    heat,
    inbox,
    instances,
    ledger,
    logs,
    migration,
    modeling,
    notices,
    own_lists,
    plug_in,
    previewing,
    printed,
    projects,
    public,
    readings,
    regulation,
    repairs,
    replay,
    request_log,
    sandboxes,
    settings,
    signin,
    standing_in,
    tasks,
    telling,
    words,
    workbench,
)
from service.web.access import check_access
from service.web.provider import provider_of

MAX_BODY = 55 * 1024 * 1024
MAX_TEXT = 2 * 1024 * 1024
READS = ("GET", "HEAD", "OPTIONS")


def create_app(config: Config) -> Flask:
    """The WSGI application of a configuration."""
    log.set_up(production=config.production)
    app = Flask(__name__)
    app.config.update(
        SECRET_KEY=config.secret_key,
        MAX_CONTENT_LENGTH=MAX_BODY,
        MAX_FORM_MEMORY_SIZE=MAX_TEXT,
        MAX_FORM_PARTS=5000,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=config.production,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_CHECK_DEFAULT=False,  # checked below, bearer tokens apart
        RATELIMIT_STORAGE_URI="memory://",
    )
    app.extensions["config"] = config
    app.extensions["engine"] = config.engine()
    app.extensions["provider"] = provider_of(app, config)
    csrf = CSRFProtect(app)
    limiter = Limiter(get_remote_address, app=app)
    request_log.register(app)
    app.before_request(_begin)
    app.before_request(check_access)
    app.before_request(lambda: None if _needs_no_csrf() else csrf.protect())
    app.before_request(lambda: None if request.method in READS else learn(app.extensions["engine"]))
    for part in (
        auth,
        signin,
        inbox,
        tasks,
        going_back,
        ledger,
        handing_on,
        consulting,
        telling,
        own_lists,
        standing_in,
        projects,
        instances,
        files,
        printed,
        archives,
        documents,
        replay,
        evidence,
        audit,
        heat,
        public,
        regulation,
        settings,
        calendar,
        workbench,
        modeling,
        previewing,
        plug_in,
        sandboxes,
        migration,
        notices,
        deliveries,
        health,
        admin,
        repairs,
        logs,
        api,
        api_acts,
        api_diagrams,
        api_lists,
        api_stand_ins,
    ):
        app.register_blueprint(part.blueprint)
    for endpoint in ("auth.log_in_post", "auth.code_post", "sheets.check", "sheets.proof"):
        # the view itself is exchanged: naming it is not enough to have it counted
        limited: Any = limiter.limit("30 per minute")(app.view_functions[endpoint])
        app.view_functions[endpoint] = limited
    limiter.limit("60 per minute")(public.blueprint)
    errors.register(app)
    words.register(app)
    readings.register(app)
    app.after_request(_headers)
    if not isinstance(config, sandboxes.SandboxConfig):
        app.wsgi_app = sandboxes.Sandboxes(app, create_app)  # type: ignore[method-assign]
    return app


def _needs_no_csrf() -> bool:
    """A bearer token is not sent by a browser on its own; a log-in for one has no session yet."""
    if request.method in READS:
        return True
    bearer = request.headers.get("Authorization", "").startswith("Bearer ")
    return request.path.startswith("/api/") and (bearer or request.endpoint == "api.log_in")


def _begin() -> None:
    """A limit for the body, and the nonce of the page's scripts."""
    if request.mimetype != "multipart/form-data":
        request.max_content_length = MAX_TEXT  # only attachments may be large
    g.nonce = secrets.token_urlsafe(16)


def _headers(response: Response) -> Any:
    nonce = getattr(g, "nonce", "")
    response.headers.setdefault(
        "Content-Security-Policy",
        f"default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        f"script-src 'nonce-{nonce}'; connect-src 'self'; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'",
    )
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("X-Frame-Options", "DENY")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    if response.mimetype == "text/html":
        response.headers.setdefault("Cache-Control", "no-store")
    return response
