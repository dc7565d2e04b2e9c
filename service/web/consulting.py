"""加签, 减签, 沟通: people are asked about a task and answer."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, redirect, request, url_for

from service.commands.answer_opinion import answer_opinion
from service.commands.ask_opinion import ask_opinion
from service.commands.drop_opinion import drop_opinion
from service.model.errors import NotFound
from service.queries.colleagues import everybody
from service.queries.consultations import about_task, asked_of
from service.queries.task_detail import task_detail
from service.store.session import reading
from service.web.access import SIGNED_IN, access, actor, now
from service.web.asking import Ask, ask_page, carried_out, of_task
from service.web.handing_on import choices

blueprint = Blueprint("consulting", __name__)
KINDS = {
    "cosign": (
        "加签",
        "请对方对什么出具意见",
        "对方的意见出具以后，您才能提交；意见记入办理过程。",
    ),
    "question": ("沟通", "要问什么", "只是问和答，不影响办理，问答都记入办理过程。"),
}


def _ask(task_key: str, kind: str) -> Ask:
    if kind not in KINDS:
        raise NotFound("没有这一页。")
    title, question, hint = KINDS[kind]
    with reading(current_app.extensions["engine"]) as connection:
        detail = task_detail(connection, actor(), task_key, now=now())
        people = everybody(connection, actor())
    return Ask(
        title,
        "发出",
        choose="请谁",
        choices=choices(people),
        several=True,
        reason=question,
        hint=hint,
        **of_task(detail),
    )


@blueprint.get("/tasks/<task_key>/ask/<kind>")
@access(SIGNED_IN)
def page(task_key: str, kind: str) -> Any:
    """Whom to ask, and what."""
    return ask_page(_ask(task_key, kind))


@blueprint.post("/tasks/<task_key>/ask/<kind>")
@access(SIGNED_IN)
def ask(task_key: str, kind: str) -> Any:
    """Ask them."""
    form = request.form
    _, refused = carried_out(
        lambda connection: ask_opinion(
            connection, actor(), task_key, kind, form.getlist("to"),
            text=form.get("reason", ""), now=now(), idempotency_key=form.get("_key"),
        ),
        lambda refusal: ask_page(_ask(task_key, kind), refusal),
    )  # fmt: skip
    return refused or redirect(url_for("tasks.page", task_key=task_key, _anchor="asked-h"))


def _answer(key: str) -> Ask:
    with reading(current_app.extensions["engine"]) as connection:
        found = [pair for pair in asked_of(connection, actor()) if pair[0].consultation_key == key]
    if not found:
        raise NotFound("没有请您答复的这件事，或已经答复、撤下。")
    row, step = found[0]
    cosign = row.kind == "cosign"
    project = [f"{row.project_name} {row.no}"] if row.no else []
    return Ask(
        "出具会签意见" if cosign else "答复沟通",
        "提交意见" if cosign else "答复",
        url_for("inbox.box"),
        crumbs=[("待办", url_for("inbox.box"))],
        about=[*project, step],
        intro=f"{row.by_name}问：{row.text}",
        reason="意见" if cosign else "答复",
    )


@blueprint.get("/opinions/<key>")
@access(SIGNED_IN)
def answer_page(key: str) -> Any:
    """What one is asked."""
    return ask_page(_answer(key))


@blueprint.post("/opinions/<key>")
@access(SIGNED_IN)
def answer(key: str) -> Any:
    """Answer it."""
    _, refused = carried_out(
        lambda connection: answer_opinion(
            connection, actor(), key, text=request.form.get("reason", ""), now=now()
        ),
        lambda refusal: ask_page(_answer(key), refusal),
    )
    return refused or redirect(url_for("inbox.box", note="answered"))


def _drop(task_key: str, key: str) -> Ask:
    with reading(current_app.extensions["engine"]) as connection:
        detail = task_detail(connection, actor(), task_key, now=now())
        asked = [row for row in about_task(connection, task_key) if row.consultation_key == key]
    if not asked:
        raise NotFound("这项任务没有这份会签。")
    return Ask(
        "减签",
        "减签",
        intro=f"请{asked[0].asked_name}（{asked[0].asked_unit}）出具意见：{asked[0].text}",
        reason="减签理由",
        hint="对方不再需要出具意见。",
        **of_task(detail),
    )


@blueprint.get("/tasks/<task_key>/opinions/<key>/drop")
@access(SIGNED_IN)
def drop_page(task_key: str, key: str) -> Any:
    """Why it is no longer wanted."""
    return ask_page(_drop(task_key, key))


@blueprint.post("/tasks/<task_key>/opinions/<key>/drop")
@access(SIGNED_IN)
def drop(task_key: str, key: str) -> Any:
    """Do without an opinion."""
    _, refused = carried_out(
        lambda connection: drop_opinion(
            connection, actor(), key, reason=request.form.get("reason", ""), now=now()
        ),
        lambda refusal: ask_page(_drop(task_key, key), refusal),
    )
    return refused or redirect(url_for("tasks.page", task_key=task_key))
