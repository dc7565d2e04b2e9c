"""REST for the acts that are not submissions: the same as the pages of `更多操作`."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, jsonify, request

from service.commands.return_task import return_task
from service.commands.withdraw_task import withdraw_task
from service.queries.task_detail import task_detail
from service.queries.ways_back import offers_from
from service.store.session import begin, reading
from service.web.access import SIGNED_IN, access, actor, now
from service.web.answers import json_body, plain, text_of

blueprint = Blueprint("api_acts", __name__, url_prefix="/api/v1")


def _key() -> str | None:
    return request.headers.get("Idempotency-Key")


@blueprint.get("/tasks/<task_key>/ways_back")
@access(SIGNED_IN)
def ways_back(task_key: str) -> Any:
    """The steps to which an open task can be returned."""
    with reading(current_app.extensions["engine"]) as connection:
        detail = task_detail(connection, actor(), task_key, now=now())
        open_ = detail.row.status == "open"
        offers = offers_from(connection, detail.row, detail.element) if open_ else []
    found = [
        {
            "to": o.way.task_key,
            "step": o.name,
            "member": o.way.member,
            "done_by": o.done_by,
            "done_at": o.done_at,
            "closes": list(o.closes),
        }
        for o in offers
    ]
    return jsonify(plain(found))


@blueprint.post("/tasks/<task_key>/return")
@access(SIGNED_IN)
def return_(task_key: str) -> Any:
    """Return a task: `{to, reason}`; answers with the key of the task that is open again."""
    body = json_body()
    with begin(current_app.extensions["engine"]) as connection:
        key = return_task(
            connection,
            actor(),
            task_key,
            text_of(body, "to"),
            reason=text_of(body, "reason"),
            now=now(),
            idempotency_key=_key(),
        )
    return jsonify(task_key=key)


@blueprint.post("/tasks/<task_key>/withdraw")
@access(SIGNED_IN)
def withdraw(task_key: str) -> Any:
    """Take one's own completion back; answers with the key of the task that is open again."""
    with begin(current_app.extensions["engine"]) as connection:
        key = withdraw_task(connection, actor(), task_key, now=now(), idempotency_key=_key())
    return jsonify(task_key=key)
