"""The task page: see, check, claim, release, save, complete."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, current_app, jsonify, redirect, render_template, request, url_for

from service.commands.claim_task import claim_task
from service.commands.complete_task import complete_task
from service.commands.release_task import release_task
from service.commands.save_draft import save_draft
from service.forms import controls, read_posted, shown_values
from service.model.errors import BadInput, NotFound, Refused
from service.papers.materials import missing
from service.queries.closing import turn_of
from service.queries.consultations import about_task, readers_of
from service.queries.history import about, entries
from service.queries.may_withdraw import may_withdraw
from service.queries.own_lists import phrases_of
from service.queries.stages import drawn_states, marks_of
from service.queries.task_check import task_check
from service.queries.task_detail import TaskDetail, submitted, task_detail
from service.queries.task_materials import task_materials
from service.store.session import begin, reading
from service.web.access import SIGNED_IN, access, actor, now
from service.web.drawing.strip import strip
from service.web.drawing.svg import draw
from service.web.errors import note
from service.web.files import purging, with_uploads
from service.web.task_acts import more_acts, person_away_of
from service.web.words import law_of, minute

blueprint = Blueprint("tasks", __name__)
ACTS = ("claim", "release", "save", "row", "complete")
OURS = ("csrf_token", "_act", "_key")
HISTORY = 12


@blueprint.get("/tasks/<task_key>")
@access(SIGNED_IN)
def page(task_key: str) -> Any:
    """The task with its form, diagram, gate, clauses and history."""
    return _page(task_key, None, None)


def _page(task_key: str, typed: Mapping[str, Any] | None, refusal: Refused | None) -> Any:
    with reading(current_app.extensions["engine"]) as connection:
        detail = task_detail(connection, actor(), task_key, now=now())
        marks = marks_of(connection, detail.row.instance_key)
        history = entries(connection, **about(detail.row))
        values = typed if typed is not None else (detail.draft or {})
        check = task_check(connection, detail, values, now=now())
        given = submitted(connection, detail)
        consultations = about_task(connection, task_key)
        readers = readers_of(connection, task_key)
        phrases = phrases_of(connection, actor())
        turn = turn_of(connection, detail.row)
        withdrawable = may_withdraw(connection, actor(), detail.row)
    process = detail.definition.processes[detail.row.process_id]
    states = drawn_states(process, marks)
    context = detail.context
    return render_template(
        "task.html",
        **_form_parts(detail, values, refusal),
        detail=detail,
        check=check,
        refusal=refusal,
        unsent=shown_values(detail.form, typed, context) if typed and not check else [],
        given=shown_values(detail.form, given, context) if given else [],
        strip=strip(process, states, detail.element.id, "s"),
        drawing=draw(process, states, "t"),
        process=process,
        law=law_of(detail.definition, detail.element.articles),
        history=list(reversed(history))[:HISTORY],
        more=max(0, len(history) - HISTORY),
        key=secrets.token_hex(8),
        mine=detail.row.assignee == actor().account_key,
        turn=turn,
        phrases=phrases,
        stands_for=person_away_of(detail),
        consultations=consultations,
        readers=readers,
        withdrawable=withdrawable,
        more_acts=more_acts(detail),
    )


@blueprint.get("/tasks/<task_key>/notice")
@access(SIGNED_IN)
def notice(task_key: str) -> Any:
    """一次性告知书: all that is missing at once, with the clauses, to print."""
    with reading(current_app.extensions["engine"]) as connection:
        detail = task_detail(connection, actor(), task_key, now=now())
    items = missing(task_materials(detail, detail.draft or {}, now=now()))
    return render_template(
        "notice.html",
        detail=detail,
        items=items,
        quoted=lambda clauses: law_of(detail.definition, tuple(clauses)),
        at=now(),
    )


def _form_parts(
    detail: TaskDetail, values: Mapping[str, Any], refusal: Refused | None
) -> dict[str, Any]:
    """What the form's part of the page needs."""
    errors = refusal.fields if refusal else {}
    materials = task_materials(detail, values, now=now())
    return {
        "materials": materials,
        "wanted": {m.key for m in materials if m.state in ("given", "missing")},
        "controls": controls(detail.form, values, errors, context=detail.context, now=now()),
        "errors": errors,
        "field_law": _first_time(detail),
        "quoted": lambda clauses: law_of(detail.definition, tuple(clauses)),
    }


def _first_time(detail: TaskDetail) -> Callable[[Any], list[tuple[str, str]]]:
    """The law beside a field: each clause once on the page, not again what the task itself quotes."""
    quoted = set(detail.element.articles)

    def law(component: Any) -> list[tuple[str, str]]:
        new = tuple(c for c in component.articles if c not in quoted)
        quoted.update(new)
        return law_of(detail.definition, new)

    return law


@blueprint.post("/tasks/<task_key>/check")
@access(SIGNED_IN)
def check(task_key: str) -> Any:
    """The form, the gate and the next step for what is typed so far; nothing is kept.

    The page's script asks for this while somebody types. A file that is chosen but not sent yet is
    named in `_chosen`.
    """
    with reading(current_app.extensions["engine"]) as connection:
        detail = task_detail(connection, actor(), task_key, now=now())
        values = with_uploads(detail.form, read_posted(detail.form, _pairs()))
        for key in request.form.getlist("_chosen"):
            if key in detail.form.fields and not values.get(key):
                file = {"name": "-.pdf", "digest": "0" * 64, "size": 1}
                several = detail.form.fields[key].raw.get("multiple")
                values[key] = [file] if several else file
        found = task_check(connection, detail, values, now=now())
    parts = _form_parts(detail, values, None)
    return render_template("_live.html", detail=detail, check=found, **parts)


def _pairs() -> list[tuple[str, Any]]:
    return [
        (k, v) for k, v in request.form.items(multi=True) if k not in OURS and not k.startswith("_")
    ]


@blueprint.post("/tasks/<task_key>/draft")
@access(SIGNED_IN)
def autosave(task_key: str) -> Any:
    """Keep what is typed so far; the page's script asks for this. Files count when they are sent."""
    with reading(current_app.extensions["engine"]) as connection:
        form = task_detail(connection, actor(), task_key, now=now()).form
    typed = read_posted(form, _pairs())
    with purging(form, typed, task_key), begin(current_app.extensions["engine"]) as connection:
        save_draft(connection, actor(), task_key, typed, now=now())
    return jsonify(saved=minute(now())[-5:])


@blueprint.post("/tasks/<task_key>")
@access(SIGNED_IN)
def act(task_key: str) -> Any:
    """Carry out the button that was pressed; what was typed is never lost."""
    wanted = request.form.get("_act", "complete")
    if wanted not in ACTS:
        raise BadInput("不认识这个按钮，请刷新页面后再办理。")
    with reading(current_app.extensions["engine"]) as connection:
        form = task_detail(connection, actor(), task_key, now=now()).form
    typed: dict[str, Any] = {}
    try:
        typed = read_posted(form, _pairs())
        typed = with_uploads(form, typed)
        with purging(form, typed, task_key):
            _carry_out(wanted, task_key, typed)
    except NotFound:
        raise
    except Refused as refusal:
        note(refusal)
        return _page(task_key, typed or None, refusal), refusal.status
    if wanted == "complete":
        return redirect(url_for("inbox.box", done=task_key))
    saved = "1" if wanted == "save" else None
    anchor = f"f-{request.args.get('_row')}" if wanted == "row" else None
    return redirect(url_for("tasks.page", task_key=task_key, saved=saved, _anchor=anchor))


def _carry_out(wanted: str, task_key: str, typed: dict[str, Any]) -> None:
    kept = wanted in ("save", "row") or (wanted in ("claim", "release") and bool(_pairs()))
    with begin(current_app.extensions["engine"]) as connection:
        if wanted == "claim":
            claim_task(connection, actor(), task_key, now=now())
        if kept:
            save_draft(connection, actor(), task_key, typed, now=now())
        if wanted == "release":
            release_task(connection, actor(), task_key, now=now())
        if wanted == "complete":
            key = request.form.get("_key")
            complete_task(connection, actor(), task_key, typed, now=now(), idempotency_key=key)
