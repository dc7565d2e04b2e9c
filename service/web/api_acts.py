"""REST for the acts that are not submissions: the same as the pages of `更多操作`."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, jsonify, request

from service.commands.answer_opinion import answer_opinion
from service.commands.ask_opinion import ask_opinion
from service.commands.cancel_project import cancel_project
from service.commands.copy_task import copy_task
from service.commands.drop_opinion import drop_opinion
from service.commands.entrust_task import entrust_task
from service.commands.hand_back_task import hand_back_task
from service.commands.read_copy import read_copy
from service.commands.return_task import return_task
from service.commands.transfer_task import transfer_task
from service.commands.urge_task import urge_task
from service.commands.withdraw_task import withdraw_task
from service.model.errors import BadInput
from service.queries.task_detail import task_detail
from service.queries.ways_back import offers_from
from service.store.session import begin, reading
from service.web.access import SIGNED_IN, access, actor, now
from service.web.answers import json_body, plain, text_of

blueprint = Blueprint("api_acts", __name__, url_prefix="/api/v1")


def _key() -> str | None:
    return request.headers.get("Idempotency-Key")


def _reason(body: dict[str, Any]) -> str:
    return text_of(body, "reason", 600)


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
            "unit": o.unit,
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
            reason=_reason(body),
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


@blueprint.post("/tasks/<task_key>/transfer")
@access(SIGNED_IN)
def transfer(task_key: str) -> Any:
    """Give a task to another: `{to, reason}`, `to` an account."""
    return _hand(transfer_task, task_key)


@blueprint.post("/tasks/<task_key>/entrust")
@access(SIGNED_IN)
def entrust(task_key: str) -> Any:
    """Have another prepare a task: `{to, reason}`."""
    return _hand(entrust_task, task_key)


def _hand(command: Any, task_key: str) -> Any:
    body = json_body()
    to, reason = text_of(body, "to"), _reason(body)
    with begin(current_app.extensions["engine"]) as connection:
        command(connection, actor(), task_key, to, reason=reason, now=now(), idempotency_key=_key())
    return jsonify(task_key=task_key)


@blueprint.post("/tasks/<task_key>/hand_back")
@access(SIGNED_IN)
def hand_back(task_key: str) -> Any:
    """Give an entrusted task back: `{reason}`."""
    reason = _reason(json_body())
    with begin(current_app.extensions["engine"]) as connection:
        hand_back_task(
            connection, actor(), task_key, reason=reason, now=now(), idempotency_key=_key()
        )
    return jsonify(task_key=task_key)


@blueprint.post("/tasks/<task_key>/opinions")
@access(SIGNED_IN)
def ask(task_key: str) -> Any:
    """Ask people about a task: `{kind, people, reason}`; kind is cosign or question."""
    body = json_body()
    with begin(current_app.extensions["engine"]) as connection:
        keys = ask_opinion(
            connection, actor(), task_key, text_of(body, "kind"), _people(body),
            text=_reason(body), now=now(), idempotency_key=_key(),
        )  # fmt: skip
    return jsonify(keys=keys)


def _people(body: dict[str, Any]) -> list[str]:
    people = body.get("people", [])
    if not isinstance(people, list) or not all(isinstance(p, str) for p in people):
        raise BadInput("people 应是账号的列表。")
    return people


@blueprint.post("/opinions/<key>")
@access(SIGNED_IN)
def answer(key: str) -> Any:
    """Answer what one was asked: `{reason}`."""
    text = _reason(json_body())
    with begin(current_app.extensions["engine"]) as connection:
        answer_opinion(connection, actor(), key, text=text, now=now())
    return jsonify(key=key)


@blueprint.post("/opinions/<key>/drop")
@access(SIGNED_IN)
def drop(key: str) -> Any:
    """Do without an opinion that was asked for: `{reason}`."""
    reason = _reason(json_body())
    with begin(current_app.extensions["engine"]) as connection:
        drop_opinion(connection, actor(), key, reason=reason, now=now())
    return jsonify(key=key)


@blueprint.post("/tasks/<task_key>/copies")
@access(SIGNED_IN)
def copy(task_key: str) -> Any:
    """Send reading copies: `{people, reason}`."""
    body = json_body()
    text = _reason(body)
    with begin(current_app.extensions["engine"]) as connection:
        copy_task(
            connection, actor(), task_key, _people(body),
            text=text, now=now(), idempotency_key=_key(),
        )  # fmt: skip
    return jsonify(task_key=task_key)


@blueprint.post("/copies/<copy_key>/read")
@access(SIGNED_IN)
def read(copy_key: str) -> Any:
    """The receipt of a reading copy."""
    with begin(current_app.extensions["engine"]) as connection:
        read_copy(connection, actor(), copy_key, now=now())
    return jsonify(copy_key=copy_key)


@blueprint.post("/tasks/<task_key>/urge")
@access(SIGNED_IN)
def urge(task_key: str) -> Any:
    """Remind the holders of a task: `{reason}`, once a day."""
    text = _reason(json_body())
    with begin(current_app.extensions["engine"]) as connection:
        urge_task(connection, actor(), task_key, text=text, now=now())
    return jsonify(task_key=task_key)


@blueprint.post("/projects/<project_key>/cancel")
@access(SIGNED_IN)
def cancel(project_key: str) -> Any:
    """Withdraw one's own project before its first review: `{reason}`."""
    reason = _reason(json_body())
    with begin(current_app.extensions["engine"]) as connection:
        cancel_project(
            connection, actor(), project_key, reason=reason, now=now(), idempotency_key=_key()
        )
    return jsonify(project_key=project_key)
