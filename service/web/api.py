"""REST under /api/v1: what the pages do, for programs. Errors are {message, fields, reasons}."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, jsonify, request

from service.commands.claim_task import claim_task
from service.commands.complete_task import complete_task
from service.commands.log_in import Failed, HalfWay, log_in_with_code
from service.commands.log_in import log_in as open_session
from service.commands.release_task import release_task
from service.commands.save_draft import save_draft
from service.commands.second_factor import Vault
from service.commands.start_instance import start_instance
from service.forms import Form, purged
from service.model.errors import Conflict
from service.queries.history import entries
from service.queries.projects import project_detail, seen_project
from service.queries.task_check import task_check
from service.queries.task_detail import task_detail
from service.store.session import begin, reading
from service.web.access import PUBLIC, SIGNED_IN, access, actor, now
from service.web.answers import json_body, plain, text_of
from service.web.files import check_files, purging
from service.web.openapi import DOCUMENT

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")


@blueprint.get("/openapi.json")
@access(PUBLIC)
def openapi() -> Any:
    """The description of this API."""
    return jsonify(DOCUMENT)


@blueprint.post("/sessions")
@access(PUBLIC)
def log_in() -> Any:
    """A bearer token for login and password, with the code of a second factor where there is one."""
    body = json_body()
    with begin(current_app.extensions["engine"]) as connection:
        outcome = open_session(
            connection,
            text_of(body, "login", 60),
            text_of(body, "password"),
            now=now(),
            kind="api",
        )
        if isinstance(outcome, HalfWay):
            vault = Vault(current_app.extensions["config"].secret_key)
            code = text_of(body, "code", 20)
            outcome = log_in_with_code(
                connection, outcome.token, code, vault, now=now(), kind="api"
            )
    if isinstance(outcome, Failed):
        raise outcome.refusal
    return jsonify(token=outcome.token), 201


@blueprint.get("/tasks/<task_key>")
@access(SIGNED_IN)
def task(task_key: str) -> Any:
    """A task with the keys of its form."""
    with reading(current_app.extensions["engine"]) as connection:
        detail = task_detail(connection, actor(), task_key, now=now())
    return jsonify(
        task_key=task_key,
        step=detail.element.name,
        status=detail.row.status,
        form=detail.form.id,
        fields=[
            {"key": k, "type": c.type, "label": c.label, "required": c.required}
            for k, c in detail.form.fields.items()
        ],
        articles=list(detail.element.articles),
        draft=detail.draft,
    )


@blueprint.post("/tasks/<task_key>/claim")
@access(SIGNED_IN)
def claim(task_key: str) -> Any:
    """Claim a task."""
    with begin(current_app.extensions["engine"]) as connection:
        claim_task(connection, actor(), task_key, now=now())
    return jsonify(task_key=task_key)


@blueprint.post("/tasks/<task_key>/release")
@access(SIGNED_IN)
def release(task_key: str) -> Any:
    """Give a claimed task back."""
    with begin(current_app.extensions["engine"]) as connection:
        release_task(connection, actor(), task_key, now=now())
    return jsonify(task_key=task_key)


@blueprint.post("/tasks/<task_key>/complete")
@access(SIGNED_IN)
def complete(task_key: str) -> Any:
    """Complete a task; the body is the submission. Header Idempotency-Key makes a retry safe."""
    form, submission = _submission(task_key)
    with (
        purging(form, submission, task_key),
        begin(current_app.extensions["engine"]) as connection,
    ):
        done = complete_task(
            connection,
            actor(),
            task_key,
            submission,
            now=now(),
            idempotency_key=request.headers.get("Idempotency-Key"),
        )
    return jsonify(plain(done))


def _submission(task_key: str) -> tuple[Form, dict[str, Any]]:
    """The task's form, and the body as its submission; what may not be kept is gone from it.

    Raises BadInput for files of others.
    """
    submission = json_body()
    with reading(current_app.extensions["engine"]) as connection:
        form = task_detail(connection, actor(), task_key, now=now()).form
    submission = purged(form, submission) or submission
    check_files(form, submission)
    return form, submission


@blueprint.put("/tasks/<task_key>/draft")
@access(SIGNED_IN)
def draft(task_key: str) -> Any:
    """Keep a submission as a draft, unchecked; it replaces the one before."""
    form, submission = _submission(task_key)
    with (
        purging(form, submission, task_key),
        begin(current_app.extensions["engine"]) as connection,
    ):
        save_draft(connection, actor(), task_key, submission, now=now())
    return jsonify(task_key=task_key)


@blueprint.post("/tasks/<task_key>/check")
@access(SIGNED_IN)
def check(task_key: str) -> Any:
    """What the gate would say of a submission, and who would have it next; nothing is kept."""
    _, submission = _submission(task_key)
    with reading(current_app.extensions["engine"]) as connection:
        detail = task_detail(connection, actor(), task_key, now=now())
        found = task_check(connection, detail, submission, now=now())
    if found is None:
        raise Conflict("这项任务已经办结或已取消，请刷新待办。")
    return jsonify(plain(found))


@blueprint.post("/instances")
@access(SIGNED_IN)
def start() -> Any:
    """Start a process: `{process_id, project_key?}`."""
    body = json_body()
    with begin(current_app.extensions["engine"]) as connection:
        started = start_instance(
            connection,
            actor(),
            text_of(body, "process_id"),
            now=now(),
            project_key=text_of(body, "project_key") or None,
            idempotency_key=request.headers.get("Idempotency-Key"),
        )
    return jsonify(plain(started)), 201


@blueprint.get("/projects/<project_key>")
@access(SIGNED_IN)
def project(project_key: str) -> Any:
    """One project."""
    with reading(current_app.extensions["engine"]) as connection:
        return jsonify(plain(project_detail(connection, actor(), project_key, now=now())))


@blueprint.get("/projects/<project_key>/history")
@access(SIGNED_IN)
def history(project_key: str) -> Any:
    """All acts of a project."""
    with reading(current_app.extensions["engine"]) as connection:
        seen_project(connection, actor(), project_key)
        return jsonify(entries=plain(entries(connection, project_key=project_key)))
