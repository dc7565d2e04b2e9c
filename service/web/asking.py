"""The page of an act that is not the submission of a form: what it does, to whom, why."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app, render_template, request, url_for
from sqlalchemy import Connection

from service.model.errors import NotFound, Refused
from service.queries.task_detail import TaskDetail
from service.store.session import begin
from service.web.errors import note


@dataclass(frozen=True)
class Ask:
    """`choices` are (value, label, small print) for `to`; `reason` is the label of the text, `wanted` when it
    may not be empty; `nothing` is (heading, sentence) shown instead of a form; `back` where one gives up.
    """

    title: str
    submit: str
    back: str
    crumbs: Sequence[tuple[str, str]] = ()
    about: Sequence[str] = ()
    intro: str = ""
    choose: str = ""
    choices: Sequence[tuple[str, str, str]] = ()
    several: bool = False
    reason: str = ""
    wanted: bool = True
    hint: str = ""
    nothing: tuple[str, str] | None = None


def ask_page(ask: Ask, refusal: Refused | None = None, *, text: str = "") -> str:
    """The page, with what was typed before a refusal, else with `text`."""
    chosen = request.form.getlist("to")
    if not chosen and ask.choices and not ask.several:
        chosen = [ask.choices[0][0]]
    return render_template(
        "act.html",
        ask=ask,
        refusal=refusal,
        chosen=chosen,
        reason=request.form.get("reason", text),
        key=request.form.get("_key") or secrets.token_hex(8),
    )


def carried_out(
    command: Callable[[Connection], Any], again: Callable[[Refused], str]
) -> tuple[Any, tuple[str, int] | None]:
    """(what the command returns, None), or (None, the page again with its status) when it is refused."""
    try:
        with begin(current_app.extensions["engine"]) as connection:
            return command(connection), None
    except NotFound:
        raise
    except Refused as refusal:
        note(refusal)
        return None, (again(refusal), refusal.status)


def of_task(detail: TaskDetail) -> dict[str, Any]:
    """What every page about a task says: where it is, which project."""
    row, project = detail.row, detail.project
    address = url_for("tasks.page", task_key=row.task_key)
    name = [f"{project.name or '（未命名项目）'} {project.no}"] if project else []
    return {
        "crumbs": [("待办", url_for("inbox.box")), (detail.element.name, address)],
        "about": [*name, detail.element.name],
        "back": address,
    }
