"""Log in through a provider; the second factor; releasing people from both."""

from __future__ import annotations

from typing import Any

import pyotp
import segno
from flask import Blueprint, current_app, redirect, render_template, request, session, url_for
from markupsafe import Markup

from service.commands.log_in_by_identity import log_in_by_identity, release_identity
from service.commands.second_factor import (
    Vault,
    begin_second_factor,
    confirm_second_factor,
    drop_second_factor,
    has_second_factor,
    release_second_factor,
)
from service.model.errors import NotFound, Refused
from service.queries.bindings import bindings
from service.store.session import begin, reading
from service.web.access import PUBLIC, SIGNED_IN, access, actor, now
from service.web.auth import go_in
from service.web.errors import note
from service.web.provider import Provider

blueprint = Blueprint("signin", __name__)
SECURITY_ADMIN = "security_admin"


def _engine() -> Any:
    return current_app.extensions["engine"]


def _vault() -> Vault:
    return Vault(current_app.extensions["config"].secret_key)


def _provider() -> Provider:
    found: Provider | None = current_app.extensions["provider"]
    if found is None:
        raise NotFound("没有开通统一身份认证，请用账号和密码登录。")
    return found


@blueprint.get("/login/provider")
@access(PUBLIC)
def to_provider() -> Any:
    """To the provider."""
    session["next"] = _path(request.args.get("next", ""))
    return _provider().ask(url_for("signin.from_provider", _external=True))


@blueprint.get("/login/provider/back")
@access(PUBLIC)
def from_provider() -> Any:
    """Back from the provider, with who it is."""
    provider = _provider()
    subject, login = provider.answered()
    agent = request.headers.get("User-Agent", "")
    with begin(_engine()) as connection:
        logged_in = log_in_by_identity(
            connection, provider.issuer, subject, login, now=now(), agent=agent
        )
    return go_in(logged_in, session.pop("next", None))


def _path(wanted: str) -> str | None:
    """A path of ours only."""
    return wanted if wanted.startswith("/") and not wanted.startswith(("//", "/\\")) else None


@blueprint.get("/second-factor")
@access(SIGNED_IN)
def factor_page() -> Any:
    """Whether the second factor is in force."""
    return _factor_page(None, None)


def _factor_page(secret: str | None, refusal: Refused | None) -> Any:
    with reading(_engine()) as connection:
        on = has_second_factor(connection, actor().account_key)
    picture = ""
    if secret:
        link = pyotp.TOTP(secret).provisioning_uri(name=actor().login, issuer_name="办结")
        picture = Markup(segno.make(link, error="m").svg_inline(scale=4))  # noqa: S704 (drawn here)
    page = render_template(
        "second_factor.html", on=on, secret=secret, picture=picture, refusal=refusal
    )
    return page, refusal.status if refusal else 200


@blueprint.post("/second-factor")
@access(SIGNED_IN)
def factor_post() -> Any:
    """Begin, confirm or end the second factor."""
    act, code = request.form.get("_act"), request.form.get("code", "")[:20]
    secret = request.form.get("secret", "")[:64] or None
    try:
        with begin(_engine()) as connection:
            if act == "begin":
                secret = begin_second_factor(connection, actor(), _vault())
            elif act == "confirm":
                confirm_second_factor(connection, actor(), code, _vault(), now=now())
            else:
                drop_second_factor(connection, actor(), code, _vault(), now=now())
    except Refused as refusal:
        note(refusal)
        return _factor_page(secret if act == "confirm" else None, refusal)
    return _factor_page(secret, None) if act == "begin" else redirect(url_for("signin.factor_page"))


@blueprint.get("/admin/bindings")
@access(SECURITY_ADMIN)
def binding_page() -> Any:
    """Who has a second factor, who is bound to the provider."""
    return _binding_page(None)


def _binding_page(refusal: Refused | None) -> Any:
    with reading(_engine()) as connection:
        rows = bindings(connection)
    page = render_template("admin/bindings.html", rows=rows, refusal=refusal)
    return page, refusal.status if refusal else 200


@blueprint.post("/admin/bindings/<account_key>")
@access(SECURITY_ADMIN)
def release(account_key: str) -> Any:
    """Release somebody who has lost his authenticator, or unbind him from the provider."""
    released = release_second_factor if request.form.get("_act") == "factor" else release_identity
    try:
        with begin(_engine()) as connection:
            reason = request.form.get("reason", "")[:500]
            released(connection, actor(), account_key, reason=reason, now=now())
    except Refused as refusal:
        note(refusal)
        return _binding_page(refusal)
    return redirect(url_for("signin.binding_page"))
