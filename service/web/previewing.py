"""A form of a draft as people will see it, while it is edited: shown by the renderer of the task pages."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, jsonify, render_template

from service.engine import glance
from service.forms import controls, parse_form, read_posted
from service.model.bundle import Bundle, is_beside
from service.model.errors import BadInput, NotFound
from service.store import workbench
from service.store.register import lists_for
from service.store.session import reading
from service.web.access import DRAWS, access, now
from service.web.answers import FILE_BODY, json_body
from service.web.words import law_of

blueprint = Blueprint("previewing", __name__)
MOST = 2000  # values of a form


@blueprint.post("/api/v1/drafts/<draft_key>/preview")
@access(DRAWS)
def preview(draft_key: str) -> Any:
    """The HTML of the fields of an unsaved form, with what stands in the fields of the last one; nothing is kept.

    Body: `path`, `text`, `pairs` [[name, value], …]. What only a running project knows is empty.
    """
    body = json_body(FILE_BODY)
    path, text = body.get("path"), body.get("text")
    if not isinstance(path, str) or not isinstance(text, str):
        raise BadInput("请给出 path 和 text。")
    form = parse_form(text.encode(), path)
    values = read_posted(form, _pairs(body.get("pairs", [])))
    with reading(current_app.extensions["engine"]) as connection:
        draft = workbench.draft_of(connection, draft_key)
        if draft is None:
            raise NotFound("没有这份草稿。")
        files = workbench.files_of(connection, draft_key, draft.base)
        lists = lists_for(connection, form.lists)
    definition, _ = glance(Bundle({p: c for p, c in files.items() if not is_beside(p)}))
    context = {**lists, **definition.surroundings, "member": None, "participants": {}}
    html = render_template(
        "workbench/_preview.html",
        form=form,
        controls=controls(form, values, {}, context=context, now=now()),
        law=lambda component: law_of(definition, component.articles),
    )
    return jsonify(html=html)


def _pairs(found: Any) -> list[tuple[str, str]]:
    if not isinstance(found, list) or len(found) > MOST:
        raise BadInput("pairs 要是 [名称, 值] 的列表。")
    return [
        (one[0], one[1])
        for one in found
        if isinstance(one, list) and len(one) == 2 and all(isinstance(part, str) for part in one)
    ]
