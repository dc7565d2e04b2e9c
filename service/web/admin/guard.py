"""Sessions and locked accounts; what administrators have done."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, url_for

from service.commands.acknowledge_restore import acknowledge_restore
from service.commands.set_password import end_session, unlock
from service.queries import administration as queries
from service.queries.people import sessions
from service.store.session import begin, reading
from service.web.access import access, actor, now, token_of_request
from service.web.admin.common import AUDIT_ADMIN, SECURITY_ADMIN, blueprint, engine, reason


@blueprint.get("/sessions")
@access(SECURITY_ADMIN)
def all_sessions() -> Any:
    """Who is logged in, and which accounts are locked."""
    with reading(engine()) as connection:
        rows = sessions(connection, now=now(), token=token_of_request() or "")
        locked = [p for p in queries.people(connection, now=now()) if p.locked]
    return render_template("admin/sessions.html", rows=rows, locked=locked)


@blueprint.post("/sessions/<key>/end")
@access(SECURITY_ADMIN)
def end_any_session(key: str) -> Any:
    """End somebody's session."""
    with begin(engine()) as connection:
        end_session(connection, actor(), key, reason=reason(), now=now())
    return redirect(url_for("admin.all_sessions"))


@blueprint.post("/people/<account_key>/unlock")
@access(SECURITY_ADMIN)
def unlock_person(account_key: str) -> Any:
    """Let a locked account try again."""
    with begin(engine()) as connection:
        unlock(connection, actor(), account_key, reason=reason(), now=now())
    return redirect(url_for("admin.all_sessions"))


@blueprint.get("/record")
@access(AUDIT_ADMIN)
def record() -> Any:
    """What administrators have done."""
    with reading(engine()) as connection:
        rows = queries.record(connection)
    return render_template("admin/record.html", rows=rows)


@blueprint.post("/record/restores/<int:seq>")
@access(AUDIT_ADMIN)
def acknowledge(seq: int) -> Any:
    """Take the red banner of a restore down, saying what was done about it."""
    with begin(engine()) as connection:
        acknowledge_restore(connection, actor(), seq, reason=reason(), now=now())
    return redirect(url_for("admin.record"))
