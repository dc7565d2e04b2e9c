"""People: the list, one entry, a new initial password."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for

from service.commands.change_account import change_account
from service.commands.create_account import create_account
from service.commands.set_password import initial_password, reset_password
from service.model.errors import Refused
from service.model.people import Person
from service.queries import administration as queries
from service.store.session import begin, reading
from service.web.access import access, actor, now
from service.web.admin.common import SYSTEM_ADMIN, blueprint, choices, engine, reason
from service.web.errors import note


@blueprint.get("/people")
@access(SYSTEM_ADMIN)
def people() -> Any:
    """Everybody with an account."""
    search = request.args.get("q", "").strip()
    with reading(engine()) as connection:
        rows = queries.people(connection, search=search, now=now())
    return render_template("admin/people.html", rows=rows, search=search)


@blueprint.get("/people/new")
@access(SYSTEM_ADMIN)
def new_person() -> Any:
    """An empty entry."""
    empty = Person("", "", "")
    return render_template("admin/person.html", row=None, shown=empty, refusal=None, **choices())


@blueprint.get("/people/<account_key>")
@access(SYSTEM_ADMIN)
def person(account_key: str) -> Any:
    """One entry."""
    return _person_page(account_key, None, None)


def _person_page(account_key: str, typed: Person | None, refusal: Refused | None) -> Any:
    with reading(engine()) as connection:
        row = queries.person(connection, account_key, now=now())
    page = render_template(
        "admin/person.html",
        row=row,
        shown=typed or row.asked or row.person,
        refusal=refusal,
        **choices(),
    )
    return page, refusal.status if refusal else 200


def _typed(login: str) -> Person:
    form = request.form
    return Person(
        login,
        form.get("name", "").strip(),
        form.get("unit_id", ""),
        tuple(form.getlist("posts")),
        form.get("role") or None,
        active=form.get("active", "yes") == "yes",
    )


@blueprint.post("/people/new")
@access(SYSTEM_ADMIN)
def create_person() -> Any:
    """Enter a person; the initial password is shown once."""
    typed, password = _typed(request.form.get("login", "").strip()), initial_password()
    try:
        with begin(engine()) as connection:
            create_account(
                connection, actor(), typed, password=password, reason=reason(), now=now()
            )
    except Refused as refusal:
        note(refusal)
        page = render_template(
            "admin/person.html", row=None, shown=typed, refusal=refusal, **choices()
        )
        return page, refusal.status
    return render_template("admin/handed.html", entered=[(typed, password)])


@blueprint.post("/people/<account_key>")
@access(SYSTEM_ADMIN)
def change_person(account_key: str) -> Any:
    """Change a person."""
    with reading(engine()) as connection:
        row = queries.person(connection, account_key, now=now())
    typed = _typed(row.person.login)
    try:
        with begin(engine()) as connection:
            change_account(connection, actor(), account_key, typed, reason=reason(), now=now())
    except Refused as refusal:
        note(refusal)
        return _person_page(account_key, typed, refusal)
    return redirect(url_for("admin.people"))


@blueprint.post("/people/<account_key>/password")
@access(SYSTEM_ADMIN)
def reset_person(account_key: str) -> Any:
    """A new initial password."""
    try:
        with begin(engine()) as connection:
            password = reset_password(connection, actor(), account_key, reason=reason(), now=now())
    except Refused as refusal:
        note(refusal)
        return _person_page(account_key, None, refusal)
    with reading(engine()) as connection:
        row = queries.person(connection, account_key, now=now())
    return render_template("admin/handed.html", entered=[(row.person, password)])
