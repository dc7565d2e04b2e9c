"""转办, 委托办理 and 交回: the task goes into other hands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, current_app, redirect, request, url_for

from service.commands.entrust_task import entrust_task
from service.commands.hand_back_task import hand_back_task
from service.commands.transfer_task import transfer_task
from service.model.actor import Actor
from service.queries.colleagues import who_may_take
from service.queries.task_detail import task_detail
from service.store.session import reading
from service.web.access import SIGNED_IN, access, actor, now
from service.web.asking import Ask, ask_page, carried_out, of_task

blueprint = Blueprint("handing_on", __name__)
NOBODY = ("没有可以交给的人", "本环节没有其他人有权办理。可以退签，由本单位安排。")


def choices(people: list[Actor]) -> list[tuple[str, str, str]]:
    """People to choose from."""
    return [(p.account_key, p.name, f"{p.unit_name} {p.post}") for p in people]


def _ask(task_key: str, title: str, reason: str, hint: str) -> Ask:
    with reading(current_app.extensions["engine"]) as connection:
        detail = task_detail(connection, actor(), task_key, now=now())
        people = who_may_take(connection, detail.definition, actor(), detail.row)
    return Ask(
        title,
        title,
        choose=f"{title}给谁",
        choices=choices(people),
        reason=reason,
        hint=hint,
        nothing=None if people else NOBODY,
        **of_task(detail),
    )


def _transfer(task_key: str) -> Ask:
    return _ask(task_key, "转办", "转办理由", "转办以后由对方办理和提交，不再回到您这里。")


def _entrust(task_key: str) -> Ask:
    return _ask(
        task_key, "委托办理", "委托事项", "对方填好后交回给您，由您核对并提交，责任仍在您。"
    )


@blueprint.get("/tasks/<task_key>/transfer")
@access(SIGNED_IN)
def transfer_page(task_key: str) -> Any:
    """To whom, and why."""
    return ask_page(_transfer(task_key))


@blueprint.post("/tasks/<task_key>/transfer")
@access(SIGNED_IN)
def transfer(task_key: str) -> Any:
    """Give the task to another."""
    return _handed(transfer_task, _transfer, task_key) or _to_inbox("transferred")


@blueprint.get("/tasks/<task_key>/entrust")
@access(SIGNED_IN)
def entrust_page(task_key: str) -> Any:
    """To whom, and what he is to do."""
    return ask_page(_entrust(task_key))


@blueprint.post("/tasks/<task_key>/entrust")
@access(SIGNED_IN)
def entrust(task_key: str) -> Any:
    """Have another prepare the task."""
    return _handed(entrust_task, _entrust, task_key) or _to_inbox("entrusted")


def _handed(command: Any, ask: Callable[[str], Ask], task_key: str) -> Any:
    """The page again when the command refuses; None when the task is in other hands."""
    form = request.form
    _, refused = carried_out(
        lambda connection: command(
            connection, actor(), task_key, form.get("to", ""),
            reason=form.get("reason", ""), now=now(), idempotency_key=form.get("_key"),
        ),
        lambda refusal: ask_page(ask(task_key), refusal),
    )  # fmt: skip
    return refused


def _to_inbox(done: str) -> Any:
    return redirect(url_for("inbox.box", note=done))


def _back(task_key: str) -> Ask:
    with reading(current_app.extensions["engine"]) as connection:
        detail = task_detail(connection, actor(), task_key, now=now())
    mine = detail.row.entrusted_by == actor().account_key
    title = "收回" if mine else "交回"
    return Ask(
        title,
        title,
        intro="已暂存的内容随任务一起交回。请先暂存再交回。",
        reason="说明",
        wanted=False,
        nothing=None if detail.row.entrusted_by else ("没有委托办理", "这项任务没有委托办理。"),
        **of_task(detail),
    )


@blueprint.get("/tasks/<task_key>/hand_back")
@access(SIGNED_IN)
def hand_back_page(task_key: str) -> Any:
    """Give it back, with a word."""
    return ask_page(_back(task_key))


@blueprint.post("/tasks/<task_key>/hand_back")
@access(SIGNED_IN)
def hand_back(task_key: str) -> Any:
    """Give an entrusted task back."""
    form = request.form
    _, refused = carried_out(
        lambda connection: hand_back_task(
            connection, actor(), task_key,
            reason=form.get("reason", ""), now=now(), idempotency_key=form.get("_key"),
        ),
        lambda refusal: ask_page(_back(task_key), refusal),
    )  # fmt: skip
    return refused or _to_inbox("handed_back")
