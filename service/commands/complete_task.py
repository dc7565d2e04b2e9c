"""Complete a user task with a submission of its form."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select

from service.commands._advance import Act, advance_numbered
from service.commands._duties import check_duties
from service.commands._idempotency import once
from service.commands._materials import refuse_incomplete
from service.commands._task import OpenTask, take_task
from service.commands.purge_drafts import purge_drafts
from service.definitions import in_force
from service.engine import Filled, check_gate, task_outputs, variables
from service.forms import Form, purged, typed_values, validate
from service.model.actor import Actor
from service.model.errors import BadInput, Refused
from service.model.inputs import CompleteTask
from service.model.keys import new_key
from service.model.values import canonical_json
from service.store import tables as t
from service.store.form_context import form_context
from service.store.prepared import Prepared

_COSIGNS = Prepared(
    select(t.consultation.c.asked_name).where(
        t.consultation.c.task_key == bindparam("key"),
        t.consultation.c.kind == "cosign",
        t.consultation.c.status == "open",
    )
)
_SUBMISSION = Prepared(insert(t.submission), *t.submission.columns.keys())


@dataclass(frozen=True)
class Completed:
    """What was written: the submission's key and digest."""

    task_key: str
    submission_key: str
    submission_digest: str


def complete_task(
    connection: Connection,
    actor: Actor,
    task_key: str,
    submission: Mapping[str, Any],
    *,
    now: datetime,
    idempotency_key: str | None = None,
    reason: str | None = None,
) -> Completed:
    """Check rights, form and gate, store the submission, advance the instance.

    `reason` is kept in the log beside the act. Raises NotFound, NotAllowed, Conflict (too late, with
    who and when), Refused with `fields` (form) or `reasons` (gate, quoting clauses).
    """
    request = {"complete": task_key, "submission": dict(submission)}
    known = {"idempotency_key": idempotency_key, "reason": reason}
    about = {name: value for name, value in known.items() if value}
    answer = once(
        connection,
        actor,
        idempotency_key,
        request,
        now,
        lambda: _complete(connection, actor, task_key, submission, now, about),
    )
    return Completed(**answer)


def _complete(
    connection: Connection,
    actor: Actor,
    task_key: str,
    submission: Mapping[str, Any],
    now: datetime,
    about: Mapping[str, Any],
) -> dict[str, Any]:
    task = take_task(connection, actor, task_key)
    check_duties(connection, task.actor, task)
    _refuse_unready(connection, actor, task)
    task.locked.definition = in_force(connection, task.locked.definition, now)
    task.locked.in_force = True
    definition, state, facts = task.locked.definition, task.locked.state, task.locked.facts
    assert state is not None and task.element.form_id
    form = definition.forms[task.element.form_id]
    only = purged(form, submission)
    values = _checked(connection, task, form, submission if only is None else only, now)
    typed = typed_values(form, values)
    filled = Filled(definition, state, task_key, typed, facts, now)
    reasons = check_gate(filled)
    if reasons:
        raise Refused("暂不能提交：" + "；".join(r.text for r in reasons), reasons=reasons)
    routing = task_outputs(filled)
    key, digest = _store(connection, actor, task, form, values, now)
    about = {
        **about,
        "element": task.element.id,
        "task": task_key,
        "form": form.id,
        "submission": digest,
    }
    act = Act(task.actor, "complete_task", now, about)
    _, number = advance_numbered(connection, task.locked, CompleteTask(task_key, routing), act)
    if only is not None:
        purge_drafts(connection, task, Act(task.actor, "purge_drafts", now, {"cause": number}))
    return {"task_key": task_key, "submission_key": key, "submission_digest": digest}


def _refuse_unready(connection: Connection, actor: Actor, task: OpenTask) -> None:
    """Raise Refused for who only prepares an entrusted task, and while opinions asked for are missing."""
    row = task.row
    if row.entrusted_by is not None and row.assignee == actor.account_key:
        raise Refused(
            f"这项任务是{row.entrusted_by_name}委托您办理的，请填好后交回，由{row.entrusted_by_name}提交。"
        )
    open_ = _COSIGNS.all(connection, {"key": task.task_key})
    if open_:
        names = "、".join(o.asked_name for o in open_)
        raise Refused(f"加签的意见还没有出具：{names}。请等意见出具，或减签后再提交。")


def _checked(
    connection: Connection, task: OpenTask, form: Form, submission: Mapping[str, Any], now: datetime
) -> dict[str, Any]:
    assert task.locked.state is not None
    context = form_context(
        connection,
        form.lists,
        task.locked.definition.surroundings,
        task.locked.definition.recorded,
        task.row,
        {**task.locked.facts, **variables(task.locked.state)},
    )
    checked = validate(form, submission, context=context, now=now)
    refuse_incomplete(task, form, checked.values, checked.errors, now)
    return checked.values


def _store(
    connection: Connection,
    actor: Actor,
    task: OpenTask,
    form: Form,
    values: Mapping[str, Any],
    now: datetime,
) -> tuple[str, str]:
    raw = _canonical(values)
    key, digest = new_key("s"), hashlib.sha256(raw).hexdigest()
    row = {
        "submission_key": key,
        "digest": digest,
        "form_id": form.id,
        "task_key": task.task_key,
        "instance_key": task.locked.instance_key,
        "project_key": task.locked.project_key,
        "submitted_by": actor.account_key,
        "submitted_at": now,
        "content": raw.decode(),
    }
    _SUBMISSION.run(connection, row)
    return key, digest


def _canonical(values: Mapping[str, Any]) -> bytes:
    try:
        return canonical_json(values)
    except ValueError as wrong:  # half a character (a lone surrogate), NaN
        raise BadInput("提交的内容含有无法识别的字符，请改正后再提交。") from wrong
