"""Rights: what is asked for, and what each person has; granted by the security administrator."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for

from service.commands.decline_rights import decline_rights
from service.commands.grant_rights import grant_rights
from service.model.errors import Refused
from service.model.people import ROLES, Person
from service.queries import administration as queries
from service.store.session import begin, reading
from service.web.access import access, actor, now
from service.web.admin.common import SECURITY_ADMIN, blueprint, choices, engine, reason
from service.web.errors import note


@blueprint.get("/rights")
@access(SECURITY_ADMIN)
def rights() -> Any:
    """What is asked for, and everybody."""
    return _rights(None), 200


def _rights(refusal: Refused | None) -> str:
    search = request.args.get("q", "").strip()
    with reading(engine()) as connection:
        rows = queries.people(connection, search=search, now=now())
        waiting = [r for r in queries.people(connection, now=now()) if r.asked]
    known = choices()

    def held(person: Person) -> str:
        names = [known["posts"][p].name for p in person.posts if p in known["posts"]]
        unit = known["units"][person.unit_id].name if person.unit_id in known["units"] else ""
        return f"{unit}，{ROLES.get(person.role or '') or '、'.join(names) or '没有权限'}"

    return render_template(
        "admin/rights.html", rows=rows, waiting=waiting, search=search, refusal=refusal, held=held
    )


@blueprint.post("/rights")
@access(SECURITY_ADMIN)
def grant_asked() -> Any:
    """Grant those chosen what is asked for them: all of them or none."""
    wanted = request.form.getlist("account")
    try:
        if not wanted:
            raise Refused("请先勾选要授权的人员。")
        with begin(engine()) as connection:
            for key in wanted:
                asked = queries.person(connection, key[:64], now=now()).asked
                if asked:
                    _grant(connection, key, asked)
    except Refused as refusal:
        note(refusal)
        return _rights(refusal), refusal.status
    return redirect(url_for("admin.rights"))


def _grant(connection: Any, key: str, to: Person) -> None:
    grant_rights(
        connection, actor(), key, unit_id=to.unit_id, posts=to.posts, role=to.role, reason=reason(), now=now()
    )  # fmt: skip


@blueprint.get("/rights/<account_key>")
@access(SECURITY_ADMIN)
def right(account_key: str) -> Any:
    """The rights of one person."""
    return _right(account_key, None, None)


def _right(account_key: str, typed: Person | None, refusal: Refused | None) -> Any:
    with reading(engine()) as connection:
        row = queries.person(connection, account_key, now=now())
    shown = typed or row.asked or row.person
    page = render_template("admin/right.html", row=row, shown=shown, refusal=refusal, **choices())
    return page, refusal.status if refusal else 200


@blueprint.post("/rights/<account_key>")
@access(SECURITY_ADMIN)
def change_right(account_key: str) -> Any:
    """Grant what is typed, or decline what is asked for."""
    form = request.form
    with reading(engine()) as connection:
        old = queries.person(connection, account_key, now=now()).person
    typed = Person(
        old.login, old.name, form.get("unit_id", ""), tuple(form.getlist("posts")),
        form.get("role") or None, old.active,
    )  # fmt: skip
    try:
        with begin(engine()) as connection:
            if form.get("decision") == "decline":
                decline_rights(connection, actor(), account_key, reason=reason(), now=now())
            else:
                _grant(connection, account_key, typed)
    except Refused as refusal:
        note(refusal)
        return _right(account_key, typed, refusal)
    return redirect(url_for("admin.rights"))
