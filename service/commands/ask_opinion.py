"""加签 and 沟通: ask people about a task; a cosign holds up its submission, a question does not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from service.commands._advance import Act
from service.commands._going_back import checked_reason
from service.commands._idempotency import once
from service.commands._person import person_body, person_named
from service.commands._task import log_act, take_task
from service.model.actor import Actor
from service.model.errors import BadInput, Refused
from service.model.keys import new_key
from service.store import tables as t
from service.store.asked import opinions_asked

KINDS = {"cosign": "加签", "question": "沟通"}
MOST = 10


def ask_opinion(
    connection: Connection,
    actor: Actor,
    task_key: str,
    kind: str,
    people: Sequence[str],
    *,
    text: str,
    now: datetime,
    idempotency_key: str | None = None,
) -> list[str]:
    """Ask people (accounts); returns a key for each. Raises as `take_task`, Refused without people or text."""

    def carry_out() -> dict[str, list[str]]:
        return {"keys": _ask(connection, actor, task_key, kind, people, text, now)}

    if kind not in KINDS:
        raise BadInput("只能加签或沟通。")
    request = {"ask": task_key, "kind": kind, "people": list(people), "text": text}
    return list(once(connection, actor, idempotency_key, request, now, carry_out)["keys"])


def _ask(
    connection: Connection,
    actor: Actor,
    task_key: str,
    kind: str,
    people: Sequence[str],
    text: str,
    now: datetime,
) -> list[str]:
    task = take_task(connection, actor, task_key)
    wanted = list(dict.fromkeys(people))
    if not wanted or len(wanted) > MOST:
        raise Refused("请选择人员。", fields={"to": f"请选择 1 到 {MOST} 位人员。"})
    said = checked_reason(text, wanted="要对方回答的问题")
    named = [person_named(connection, actor, key) for key in wanted]
    _refuse_asked(connection, task_key, kind, wanted)
    keyed = [{**person_body(p), "key": new_key("q")} for p in named]
    asked = {"kind": kind, "text": said, "people": keyed}
    act = Act(task.actor, "ask_opinion", now, {"asked": asked})
    log_act(connection, task, act)
    opinions_asked(connection, act.where(task.locked), task_key, asked)
    return [str(p["key"]) for p in keyed]


def _refuse_asked(connection: Connection, task_key: str, kind: str, wanted: list[str]) -> None:
    """One opinion of a person at a time."""
    c = t.consultation.c
    already = select(c.asked_name).where(
        c.task_key == task_key, c.kind == kind, c.status == "open", c.asked.in_(wanted)
    )
    names = connection.execute(already).scalars().all()
    if names and kind == "cosign":
        raise Refused(
            f"{'、'.join(names)}的意见还没有出具，不用再加签。", fields={"to": "已加签。"}
        )
