"""退回 and 撤回: to which step, why, and what that closes; then it is done."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, redirect, request, url_for

from service.commands.return_task import return_task
from service.commands.withdraw_task import withdraw_task
from service.model.errors import Refused
from service.queries.task_detail import TaskDetail, task_detail
from service.queries.ways_back import Offer, offers_from
from service.store.session import begin, reading
from service.web.access import SIGNED_IN, access, actor, now
from service.web.asking import Ask, ask_page, carried_out, of_task
from service.web.words import minute

blueprint = Blueprint("going_back", __name__)
HINT = "写明要改什么，对方和审计都会看到。已填的内容和意见都保留，对方在原内容上修改。"


@blueprint.get("/tasks/<task_key>/return")
@access(SIGNED_IN)
def page(task_key: str) -> Any:
    """The earlier steps of the instance to which the task can be returned."""
    return ask_page(_ask(task_key))


def _ask(task_key: str) -> Ask:
    with reading(current_app.extensions["engine"]) as connection:
        detail = task_detail(connection, actor(), task_key, now=now())
        open_ = detail.row.status == "open"
        offers = offers_from(connection, detail.row, detail.element) if open_ else []
    return Ask(
        "退回",
        "退回",
        choose="退回到哪个环节",
        choices=[_choice(o) for o in offers],
        reason="退回理由",
        hint=HINT,
        nothing=None if offers else ("没有可以退回的环节", _why_not(detail)),
        **of_task(detail),
    )


def _choice(offer: Offer) -> tuple[str, str, str]:
    done = f"{offer.done_by} {minute(offer.done_at)} 办理"
    closes = f"；同时关闭：{'、'.join(offer.closes)}" if offer.closes else ""
    unit = f"（{offer.unit}）" if offer.unit else ""
    return offer.way.task_key, f"{offer.name}{unit}", done + closes


def _why_not(detail: TaskDetail) -> str:
    if detail.element.stands:
        return "按流程图，这一步不能退回，请在表单中作出决定。"
    return "之前的环节已经定案，或这是第一个环节。"


@blueprint.post("/tasks/<task_key>/return")
@access(SIGNED_IN)
def return_(task_key: str) -> Any:
    """Return the task; a refusal keeps what was typed."""
    form = request.form
    _, refused = carried_out(
        lambda connection: return_task(
            connection,
            actor(),
            task_key,
            form.get("to", ""),
            reason=form.get("reason", ""),
            now=now(),
            idempotency_key=form.get("_key"),
        ),
        lambda refusal: _again(task_key, refusal),
    )
    return refused or redirect(url_for("inbox.box", note="returned"))


def _again(task_key: str, refusal: Refused) -> str:
    return ask_page(_ask(task_key), refusal)


@blueprint.post("/tasks/<task_key>/withdraw")
@access(SIGNED_IN)
def withdraw(task_key: str) -> Any:
    """Take one's own completion back; the task is open again."""
    with begin(current_app.extensions["engine"]) as connection:
        key = withdraw_task(
            connection, actor(), task_key, now=now(), idempotency_key=request.form.get("_key")
        )
    return redirect(url_for("tasks.page", task_key=key))
