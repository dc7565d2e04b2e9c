"""Administration: people, units and posts; sessions; what administrators have done."""

from __future__ import annotations

import dataclasses
import io
import json
from typing import Any

from flask import Blueprint, current_app, redirect, render_template, request, send_file, url_for

from service.commands.change_account import change_account
from service.commands.create_account import create_account
from service.commands.import_people import SheetRow, check_rows, import_people
from service.commands.save_post import save_post
from service.commands.save_unit import save_unit
from service.commands.set_password import end_session, initial_password, reset_password, unlock
from service.definitions import newest_definition
from service.model.errors import BadInput, NotFound, Refused
from service.model.people import KINDS, ROLES, Person, PostEntry, UnitEntry
from service.queries import administration as queries
from service.queries.people import sessions
from service.store.register import posts_of, units_of
from service.store.session import begin, reading
from service.web.access import access, actor, now, token_of_request
from service.web.errors import note
from service.web.sheets import MAX_BYTES, read_people, template

blueprint = Blueprint("admin", __name__, url_prefix="/admin")
SYSTEM_ADMIN, SECURITY_ADMIN, AUDIT_ADMIN = ROLES
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _engine() -> Any:
    return current_app.extensions["engine"]


def _reason() -> str:
    return request.form.get("reason", "")[:500]


def _choices() -> dict[str, Any]:
    """What the forms of administration choose from."""
    with reading(_engine()) as connection:
        definition = newest_definition(connection)
        units, posts = units_of(connection), posts_of(connection)
    groups = definition.groups.groups if definition else {}
    return {
        "units": units,
        "posts": posts,
        "groups": groups,
        "roles": ROLES,
        "kinds": KINDS,
        "unit_options": [(u.unit_id, u.name) for u in units.values() if u.active],
        "post_options": [(p.post_id, p.name) for p in posts.values() if p.active],
        "group_options": [(g.id, g.name) for g in groups.values()],
        "shared_options": [(g.id, g.name) for g in groups.values() if g.unit_id is None],
    }


@blueprint.get("/people")
@access(SYSTEM_ADMIN)
def people() -> Any:
    """Everybody with an account."""
    search = request.args.get("q", "").strip()
    with reading(_engine()) as connection:
        rows = queries.people(connection, search=search, now=now())
    return render_template("admin/people.html", rows=rows, search=search)


@blueprint.get("/people/new")
@access(SYSTEM_ADMIN)
def new_person() -> Any:
    """An empty entry."""
    empty = Person("", "", "")
    return render_template("admin/person.html", row=None, shown=empty, refusal=None, **_choices())


@blueprint.get("/people/<account_key>")
@access(SYSTEM_ADMIN)
def person(account_key: str) -> Any:
    """One entry."""
    return _person_page(account_key, None, None)


def _person_page(account_key: str, typed: Person | None, refusal: Refused | None) -> Any:
    with reading(_engine()) as connection:
        row = queries.person(connection, account_key, now=now())
    page = render_template(
        "admin/person.html", row=row, shown=typed or row.person, refusal=refusal, **_choices()
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
        with begin(_engine()) as connection:
            create_account(
                connection, actor(), typed, password=password, reason=_reason(), now=now()
            )
    except Refused as refusal:
        note(refusal)
        page = render_template(
            "admin/person.html", row=None, shown=typed, refusal=refusal, **_choices()
        )
        return page, refusal.status
    return render_template("admin/handed.html", entered=[(typed, password)])


@blueprint.post("/people/<account_key>")
@access(SYSTEM_ADMIN)
def change_person(account_key: str) -> Any:
    """Change a person."""
    with reading(_engine()) as connection:
        row = queries.person(connection, account_key, now=now())
    typed = _typed(row.person.login)
    try:
        with begin(_engine()) as connection:
            change_account(connection, actor(), account_key, typed, reason=_reason(), now=now())
    except Refused as refusal:
        note(refusal)
        return _person_page(account_key, typed, refusal)
    return redirect(url_for("admin.people"))


@blueprint.post("/people/<account_key>/password")
@access(SYSTEM_ADMIN)
def reset_person(account_key: str) -> Any:
    """A new initial password."""
    try:
        with begin(_engine()) as connection:
            password = reset_password(connection, actor(), account_key, reason=_reason(), now=now())
    except Refused as refusal:
        note(refusal)
        return _person_page(account_key, None, refusal)
    with reading(_engine()) as connection:
        row = queries.person(connection, account_key, now=now())
    return render_template("admin/handed.html", entered=[(row.person, password)])


@blueprint.get("/people/import")
@access(SYSTEM_ADMIN)
def import_page() -> Any:
    """Upload a sheet."""
    return render_template("admin/import.html", checked=None, rows="", refusal=None)


@blueprint.get("/people/import/template.xlsx")
@access(SYSTEM_ADMIN)
def import_template() -> Any:
    """The sheet to fill."""
    return send_file(
        io.BytesIO(template()), mimetype=XLSX, as_attachment=True, download_name="人员导入模板.xlsx"
    )


@blueprint.post("/people/import")
@access(SYSTEM_ADMIN)
def import_rows() -> Any:
    """First a dry run of the uploaded sheet; then, confirmed, all rows or none."""
    confirmed = request.form.get("rows")
    rows: list[SheetRow] = []
    try:
        if confirmed:
            rows = _rows(confirmed)
            with begin(_engine()) as connection:
                entered = import_people(connection, actor(), rows, reason=_reason(), now=now())
            return render_template("admin/handed.html", entered=entered)
        upload = request.files.get("sheet")
        if upload is None or not upload.filename:
            raise BadInput("请选择要导入的人员表。")
        rows = read_people(upload.stream.read(MAX_BYTES + 1))
    except Refused as refusal:
        note(refusal)
        return _import_page(rows, refusal), refusal.status
    return _import_page(rows, None)


def _rows(text: str) -> list[SheetRow]:
    try:
        return [
            SheetRow(int(r["line"]), *(str(r[k]) for k in ("name", "login", "unit", "posts")))
            for r in json.loads(text)
        ]
    except (ValueError, TypeError, KeyError) as wrong:
        raise BadInput("导入的内容不完整，请重新上传人员表。") from wrong


def _import_page(rows: list[SheetRow], refusal: Refused | None) -> str:
    with reading(_engine()) as connection:
        checked = check_rows(connection, rows)
    kept = json.dumps([dataclasses.asdict(r) for r in rows], ensure_ascii=False)
    return render_template("admin/import.html", checked=checked, rows=kept, refusal=refusal)


@blueprint.get("/units")
@access(SYSTEM_ADMIN)
def units() -> Any:
    """All units."""
    return render_template("admin/units.html", **_choices())


@blueprint.get("/units/<unit_id>")
@access(SYSTEM_ADMIN)
def unit(unit_id: str) -> Any:
    """One unit, or `new`."""
    choices = _choices()
    entry = choices["units"].get(unit_id)
    if entry is None and unit_id != "new":
        raise NotFound("没有这个单位。")
    entry = entry or UnitEntry("", "", "", ())
    return render_template(
        "admin/unit.html", entry=entry, new=unit_id == "new", refusal=None, **choices
    )


@blueprint.post("/units/<unit_id>")
@access(SYSTEM_ADMIN)
def change_unit(unit_id: str) -> Any:
    """Register or change a unit."""
    form, new = request.form, unit_id == "new"
    aliases = form.get("aliases", "").replace("，", "、").replace(",", "、").split("、")
    entry = UnitEntry(
        form.get("unit_id", "").strip() if new else unit_id,
        form.get("name", "").strip(),
        form.get("kind", ""),
        tuple(form.getlist("groups")),
        tuple(a.strip() for a in aliases if a.strip()),
        active=form.get("active", "yes") == "yes",
    )
    try:
        if new and entry.unit_id in _choices()["units"]:
            raise Refused("编号已被使用，请换一个。", fields={"unit_id": "已被使用，请换一个。"})
        with begin(_engine()) as connection:
            save_unit(connection, actor(), entry, reason=_reason(), now=now())
    except Refused as refusal:
        note(refusal)
        page = render_template(
            "admin/unit.html", entry=entry, new=new, refusal=refusal, **_choices()
        )
        return page, refusal.status
    return redirect(url_for("admin.units"))


@blueprint.get("/posts")
@access(SYSTEM_ADMIN)
def posts() -> Any:
    """All posts with the groups that they bring."""
    return render_template("admin/posts.html", **_choices())


@blueprint.get("/posts/<post_id>")
@access(SYSTEM_ADMIN)
def post(post_id: str) -> Any:
    """One post, or `new`."""
    choices = _choices()
    entry = choices["posts"].get(post_id)
    if entry is None and post_id != "new":
        raise NotFound("没有这个岗位。")
    entry = entry or PostEntry("", "", ())
    return render_template(
        "admin/post.html", entry=entry, new=post_id == "new", refusal=None, **choices
    )


@blueprint.post("/posts/<post_id>")
@access(SYSTEM_ADMIN)
def change_post(post_id: str) -> Any:
    """Register or change a post."""
    form, new = request.form, post_id == "new"
    entry = PostEntry(
        form.get("post_id", "").strip() if new else post_id,
        form.get("name", "").strip(),
        tuple(form.getlist("groups")),
        active=form.get("active", "yes") == "yes",
    )
    try:
        if new and entry.post_id in _choices()["posts"]:
            raise Refused("编号已被使用，请换一个。", fields={"post_id": "已被使用，请换一个。"})
        with begin(_engine()) as connection:
            save_post(connection, actor(), entry, reason=_reason(), now=now())
    except Refused as refusal:
        note(refusal)
        page = render_template(
            "admin/post.html", entry=entry, new=new, refusal=refusal, **_choices()
        )
        return page, refusal.status
    return redirect(url_for("admin.posts"))


@blueprint.get("/sessions")
@access(SECURITY_ADMIN)
def all_sessions() -> Any:
    """Who is logged in, and which accounts are locked."""
    with reading(_engine()) as connection:
        rows = sessions(connection, now=now(), token=token_of_request() or "")
        locked = [p for p in queries.people(connection, now=now()) if p.locked]
    return render_template("admin/sessions.html", rows=rows, locked=locked)


@blueprint.post("/sessions/<key>/end")
@access(SECURITY_ADMIN)
def end_any_session(key: str) -> Any:
    """End somebody's session."""
    with begin(_engine()) as connection:
        end_session(connection, actor(), key, reason=_reason(), now=now())
    return redirect(url_for("admin.all_sessions"))


@blueprint.post("/people/<account_key>/unlock")
@access(SECURITY_ADMIN)
def unlock_person(account_key: str) -> Any:
    """Let a locked account try again."""
    with begin(_engine()) as connection:
        unlock(connection, actor(), account_key, reason=_reason(), now=now())
    return redirect(url_for("admin.all_sessions"))


@blueprint.get("/record")
@access(AUDIT_ADMIN)
def record() -> Any:
    """What administrators have done."""
    with reading(_engine()) as connection:
        rows = queries.record(connection)
    return render_template("admin/record.html", rows=rows)
