"""Units and posts: the lists, one entry."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for

from service.commands.save_post import save_post
from service.commands.save_unit import save_unit
from service.model.errors import NotFound, Refused
from service.model.people import PostEntry, UnitEntry
from service.store.session import begin
from service.web.access import access, actor, now
from service.web.admin.common import SYSTEM_ADMIN, blueprint, choices, engine, reason
from service.web.errors import note


@blueprint.get("/units")
@access(SYSTEM_ADMIN)
def units() -> Any:
    """All units."""
    return render_template("admin/units.html", **choices())


@blueprint.get("/units/<unit_id>")
@access(SYSTEM_ADMIN)
def unit(unit_id: str) -> Any:
    """One unit, or `new`."""
    known = choices()
    entry = known["units"].get(unit_id)
    if entry is None and unit_id != "new":
        raise NotFound("没有这个单位。")
    entry = entry or UnitEntry("", "", "", ())
    return render_template(
        "admin/unit.html", entry=entry, new=unit_id == "new", refusal=None, **known
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
        if new and entry.unit_id in choices()["units"]:
            raise Refused("编号已被使用，请换一个。", fields={"unit_id": "已被使用，请换一个。"})
        with begin(engine()) as connection:
            save_unit(connection, actor(), entry, reason=reason(), now=now())
    except Refused as refusal:
        note(refusal)
        page = render_template(
            "admin/unit.html", entry=entry, new=new, refusal=refusal, **choices()
        )
        return page, refusal.status
    return redirect(url_for("admin.units"))


@blueprint.get("/posts")
@access(SYSTEM_ADMIN)
def posts() -> Any:
    """All posts with the groups that they bring."""
    return render_template("admin/posts.html", **choices())


@blueprint.get("/posts/<post_id>")
@access(SYSTEM_ADMIN)
def post(post_id: str) -> Any:
    """One post, or `new`."""
    known = choices()
    entry = known["posts"].get(post_id)
    if entry is None and post_id != "new":
        raise NotFound("没有这个岗位。")
    entry = entry or PostEntry("", "", ())
    return render_template(
        "admin/post.html", entry=entry, new=post_id == "new", refusal=None, **known
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
        if new and entry.post_id in choices()["posts"]:
            raise Refused("编号已被使用，请换一个。", fields={"post_id": "已被使用，请换一个。"})
        with begin(engine()) as connection:
            save_post(connection, actor(), entry, reason=reason(), now=now())
    except Refused as refusal:
        note(refusal)
        page = render_template(
            "admin/post.html", entry=entry, new=new, refusal=refusal, **choices()
        )
        return page, refusal.status
    return redirect(url_for("admin.posts"))
