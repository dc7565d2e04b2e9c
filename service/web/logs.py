"""The logs that offices read: refused attempts (security and audit administrators), what auditors read."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, render_template, request

from service.model.errors import BadInput
from service.model.people import ROLES
from service.queries.readings import readings
from service.queries.security import KINDS, security_log
from service.store.session import reading
from service.web.access import access

blueprint = Blueprint("logs", __name__, url_prefix="/admin")
_, SECURITY_ADMIN, AUDIT_ADMIN = ROLES


@blueprint.get("/security")
@access(SECURITY_ADMIN)
def security() -> Any:
    """Refused attempts, for who looks after accounts."""
    return _refusals()


@blueprint.get("/audit/security")
@access(AUDIT_ADMIN)
def security_audited() -> Any:
    """The same, for who looks after the other two."""
    return _refusals()


def _refusals() -> Any:
    status, search = request.args.get("status", ""), request.args.get("q", "").strip()
    if status and not status.isdecimal():
        raise BadInput("类别请从列表中选择。")
    with reading(current_app.extensions["engine"]) as connection:
        rows, after = security_log(
            connection,
            status=int(status) if status else None,
            search=search,
            after=request.args.get("after", "")[:200],
        )
    return render_template(
        "admin/security.html",
        rows=rows,
        after=after,
        kinds=KINDS,
        status=int(status) if status else None,
        search=search,
    )


@blueprint.get("/audit/readings")
@access(AUDIT_ADMIN)
def read() -> Any:
    """What auditors have read."""
    with reading(current_app.extensions["engine"]) as connection:
        rows, after = readings(connection, after=request.args.get("after", "")[:20])
    return render_template("admin/readings.html", rows=rows, after=after)
