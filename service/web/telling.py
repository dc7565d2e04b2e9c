"""抄送, 已阅, 催办, 关注, 撤销, 批量签收: small acts around tasks and projects."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, redirect, request, url_for

from service.commands.cancel_project import cancel_project
from service.commands.claim_task import claim_task
from service.commands.copy_task import copy_task
from service.commands.follow_project import follow_project
from service.commands.read_copy import read_copy
from service.commands.urge_task import urge_task
from service.model.errors import Refused
from service.queries.colleagues import everybody
from service.queries.projects import seen_project
from service.queries.seen_task import seen_task
from service.queries.task_detail import task_detail
from service.store.session import begin, reading
from service.web.access import SIGNED_IN, access, actor, now
from service.web.asking import Ask, ask_page, carried_out, of_task
from service.web.handing_on import choices

blueprint = Blueprint("telling", __name__)
MOST = 50


def _copy(task_key: str) -> Ask:
    with reading(current_app.extensions["engine"]) as connection:
        detail = task_detail(connection, actor(), task_key, now=now())
        people = everybody(connection, actor())
    return Ask(
        "抄送",
        "抄送",
        choose="抄送给谁",
        choices=choices(people),
        several=True,
        reason="说明",
        wanted=False,
        hint="对方在“抄送我的”里看到，不用办理；读过会有回执。",
        **of_task(detail),
    )


@blueprint.get("/tasks/<task_key>/copy")
@access(SIGNED_IN)
def copy_page(task_key: str) -> Any:
    """To whom."""
    return ask_page(_copy(task_key))


@blueprint.post("/tasks/<task_key>/copy")
@access(SIGNED_IN)
def copy(task_key: str) -> Any:
    """Send reading copies."""
    form = request.form
    _, refused = carried_out(
        lambda connection: copy_task(
            connection, actor(), task_key, form.getlist("to"),
            text=form.get("reason", ""), now=now(), idempotency_key=form.get("_key"),
        ),
        lambda refusal: ask_page(_copy(task_key), refusal),
    )  # fmt: skip
    return refused or redirect(url_for("tasks.page", task_key=task_key, _anchor="asked-h"))


@blueprint.post("/copies/<copy_key>")
@access(SIGNED_IN)
def read(copy_key: str) -> Any:
    """已阅."""
    with begin(current_app.extensions["engine"]) as connection:
        read_copy(connection, actor(), copy_key, now=now())
    return redirect(url_for("own_lists.shelf", name="copies"))


def _urge(task_key: str) -> Ask:
    with reading(current_app.extensions["engine"]) as connection:
        row, step = seen_task(connection, actor(), task_key)
    back = url_for("projects.page", project_key=row.project_key)
    return Ask(
        "催办",
        "催办",
        back,
        crumbs=[("台账", url_for("ledger.index")), (row.name or "（未命名项目）", back)],
        about=[step],
        reason="说明",
        wanted=False,
        hint="每人每天对一项任务催办一次，对方会收到通知。",
    )


@blueprint.get("/tasks/<task_key>/urge")
@access(SIGNED_IN)
def urge_page(task_key: str) -> Any:
    """With which words."""
    return ask_page(_urge(task_key))


@blueprint.post("/tasks/<task_key>/urge")
@access(SIGNED_IN)
def urge(task_key: str) -> Any:
    """Remind the holders."""
    project, refused = carried_out(
        lambda connection: urge_task(
            connection, actor(), task_key, text=request.form.get("reason", ""), now=now()
        ),
        lambda refusal: ask_page(_urge(task_key), refusal),
    )
    return refused or redirect(url_for("projects.page", project_key=project))


@blueprint.post("/projects/<project_key>/follow")
@access(SIGNED_IN)
def follow(project_key: str) -> Any:
    """关注, or no longer."""
    with begin(current_app.extensions["engine"]) as connection:
        wanted = request.form.get("follow") == "yes"
        follow_project(connection, actor(), project_key, wanted=wanted, now=now())
    return redirect(url_for("projects.page", project_key=project_key))


def _cancel(project_key: str) -> Ask:
    with reading(current_app.extensions["engine"]) as connection:
        row = seen_project(connection, actor(), project_key)
    return Ask(
        "撤销",
        "撤销这个项目",
        url_for("projects.page", project_key=project_key),
        crumbs=[("台账", url_for("ledger.index"))],
        about=[f"{row.name or '（未命名项目）'} {row.no}"],
        intro="撤销以后，这个项目的流程全部结束，不能恢复；要再申报，请新建项目。记录保留。",
        reason="撤销理由",
    )


@blueprint.get("/projects/<project_key>/cancel")
@access(SIGNED_IN)
def cancel_page(project_key: str) -> Any:
    """Why."""
    return ask_page(_cancel(project_key))


@blueprint.post("/projects/<project_key>/cancel")
@access(SIGNED_IN)
def cancel(project_key: str) -> Any:
    """Withdraw the project."""
    form = request.form
    _, refused = carried_out(
        lambda connection: cancel_project(
            connection, actor(), project_key,
            reason=form.get("reason", ""), now=now(), idempotency_key=form.get("_key"),
        ),
        lambda refusal: ask_page(_cancel(project_key), refusal),
    )  # fmt: skip
    return refused or redirect(url_for("projects.page", project_key=project_key))


@blueprint.post("/inbox/claim")
@access(SIGNED_IN)
def claim_several() -> Any:
    """批量签收: each task for itself; one that is refused does not hold up the others."""
    claimed, refused = 0, []
    for key in request.form.getlist("task")[:MOST]:
        try:
            with begin(current_app.extensions["engine"]) as connection:
                claim_task(connection, actor(), key, now=now())
        except Refused as refusal:
            refused.append(refusal.message)
        else:
            claimed += 1
    return redirect(url_for("inbox.box", claimed=claimed, refused=refused[:3]))
