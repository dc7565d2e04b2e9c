"""The task page: see, claim, release, save, complete."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, current_app, redirect, render_template, request, url_for

from service.commands.claim_task import claim_task
from service.commands.complete_task import complete_task
from service.commands.release_task import release_task
from service.commands.save_draft import save_draft
from service.engine import check_gate
from service.forms import controls, read_posted, typed_values
from service.model.errors import Conflict, Reason, Refused
from service.queries.history import element_states, entries
from service.queries.task_detail import TaskDetail, task_detail
from service.store.session import begin, reading
from service.web.access import SIGNED_IN, access, actor, now
from service.web.drawing.svg import draw
from service.web.errors import note
from service.web.files import with_uploads
from service.web.words import law_of

blueprint = Blueprint("tasks", __name__)


@blueprint.get("/tasks/<task_key>")
@access(SIGNED_IN)
def page(task_key: str) -> Any:
    """The task with its form, diagram, clauses and history."""
    return _page(task_key, None, None)


def _page(task_key: str, typed: Mapping[str, Any] | None, refusal: Refused | None) -> Any:
    with reading(current_app.extensions["engine"]) as connection:
        detail = task_detail(connection, actor(), task_key, now=now())
        states = element_states(connection, detail.row.instance_key)
        history = entries(connection, project_key=detail.row.project_key)
    process = detail.definition.processes[detail.row.process_id]
    values = typed if typed is not None else (detail.draft or {})
    errors = refusal.fields if refusal else {}
    return render_template(
        "task.html",
        detail=detail,
        controls=controls(detail.form, values, errors, context=detail.context, now=now()),
        errors=errors,
        refusal=refusal,
        drawing=draw(process, {e: s for (p, e), s in states.items() if p == process.id}, "t"),
        process=process,
        law=law_of(detail.definition, detail.element.articles),
        field_law=_first_time(detail),
        gate=_gate(detail, values),
        gate_law=lambda reason: law_of(detail.definition, reason.clauses),
        history=list(reversed(history))[:30],
        key=secrets.token_hex(8),
        mine=detail.row.assignee == actor().account_key,
    )


def _first_time(detail: TaskDetail) -> Callable[[Any], list[tuple[str, str]]]:
    """The law beside a field: each clause once on the page, not again what the task itself quotes."""
    quoted = set(detail.element.articles)

    def law(component: Any) -> list[tuple[str, str]]:
        new = tuple(c for c in component.articles if c not in quoted)
        quoted.update(new)
        return law_of(detail.definition, new)

    return law


def _gate(detail: TaskDetail, values: Mapping[str, Any]) -> tuple[Reason, ...] | None:
    """What the gate would say of the values as they stand; None when the task has no gate."""
    if "gate" not in detail.element.properties or detail.row.status != "open":
        return None
    typed = typed_values(detail.form, values)
    return check_gate(
        detail.definition, detail.state, detail.row.task_key, typed, facts=detail.facts, now=now()
    )


@blueprint.post("/tasks/<task_key>")
@access(SIGNED_IN)
def act(task_key: str) -> Any:
    """Carry out the button that was pressed; what was typed is never lost."""
    wanted = request.form.get("_act", "complete")
    engine = current_app.extensions["engine"]
    with reading(engine) as connection:
        form = task_detail(connection, actor(), task_key, now=now()).form
    pairs = [
        (k, v) for k, v in request.form.items(multi=True) if k not in ("csrf_token", "_act", "_key")
    ]
    typed: dict[str, Any] = {}
    try:
        typed = with_uploads(
            form, read_posted(form, [p for p in pairs if not p[0].startswith("_")])
        )
        if wanted == "claim":
            with begin(engine) as connection:
                claim_task(connection, actor(), task_key, now=now())
        elif wanted == "release":
            with begin(engine) as connection:
                release_task(connection, actor(), task_key, now=now())
        elif wanted in ("save", "row"):
            with begin(engine) as connection:
                save_draft(connection, actor(), task_key, typed, now=now())
        else:
            with begin(engine) as connection:
                complete_task(
                    connection,
                    actor(),
                    task_key,
                    typed,
                    now=now(),
                    idempotency_key=request.form.get("_key"),
                )
            return redirect(url_for("inbox.box", done=task_key))
    except Conflict:
        raise
    except Refused as refusal:
        if refusal.status != 422:
            raise
        note(refusal)
        return _page(task_key, typed, refusal), 422
    return redirect(url_for("tasks.page", task_key=task_key))
