"""Emergency repair: the system administrator proposes, the security administrator confirms or refuses."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, redirect, render_template, request, url_for

from service.commands.confirm_repair import confirm_repair
from service.commands.propose_repair import propose_repair
from service.commands.refuse_repair import refuse_repair
from service.model.errors import Refused
from service.model.people import ROLES
from service.queries.repairs import patients, repairs
from service.store.session import begin, reading
from service.web.access import access, actor, now
from service.web.errors import note

blueprint = Blueprint("repairs", __name__, url_prefix="/admin/repairs")
SYSTEM_ADMIN, SECURITY_ADMIN, _ = ROLES


def _engine() -> Any:
    return current_app.extensions["engine"]


@blueprint.get("")
@access(SYSTEM_ADMIN)
def index() -> Any:
    """What can be done in a project (`no`), and all proposals."""
    number = request.args.get("no", "").strip()[:40]
    try:
        return _proposing(number)
    except Refused as refusal:
        return _proposing("", refusal, number), refusal.status


def _proposing(number: str, refusal: Refused | None = None, typed: str = "") -> str:
    with reading(_engine()) as connection:
        return render_template(
            "admin/repairs.html",
            number=number or typed,
            patients=patients(connection, number) if number else None,
            rows=repairs(connection),
            refusal=refusal,
            confirms=False,
        )


@blueprint.post("")
@access(SYSTEM_ADMIN)
def propose() -> Any:
    """Propose one of the remedies of an instance."""
    form = request.form
    kind, _, target = form.get("remedy", "").partition(" ")
    try:
        with begin(_engine()) as connection:
            propose_repair(
                connection, actor(), form.get("instance", "")[:64], kind, target[:64],
                reason=form.get("reason", ""), now=now(),
            )  # fmt: skip
    except Refused as refusal:
        note(refusal)
        return _proposing(form.get("no", "")[:40], refusal), refusal.status
    return redirect(url_for("repairs.index", no=form.get("no", "")[:40]))


@blueprint.get("/confirm")
@access(SECURITY_ADMIN)
def waiting() -> Any:
    """What waits for the second person."""
    return _deciding()


def _deciding(refusal: Refused | None = None) -> str:
    with reading(_engine()) as connection:
        rows = repairs(connection)
    return render_template("admin/repairs.html", rows=rows, refusal=refusal, confirms=True)


@blueprint.post("/<repair_key>")
@access(SECURITY_ADMIN)
def decide(repair_key: str) -> Any:
    """Confirm it, or refuse it with a reason."""
    try:
        with begin(_engine()) as connection:
            if request.form.get("decision") == "confirm":
                confirm_repair(connection, actor(), repair_key, now=now())
            else:
                why = request.form.get("reason", "")
                refuse_repair(connection, actor(), repair_key, reason=why, now=now())
    except Refused as refusal:
        note(refusal)
        return _deciding(refusal), refusal.status
    return redirect(url_for("repairs.waiting"))
