"""抄送: a reading copy of a task for people who need to know."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from service.commands._advance import Act
from service.commands._idempotency import once
from service.commands._person import person_body, person_named
from service.commands._task import log_act, take_task
from service.model.actor import Actor
from service.model.errors import Refused
from service.model.keys import new_key
from service.store.asked import copied

MOST = 20


def copy_task(
    connection: Connection,
    actor: Actor,
    task_key: str,
    people: Sequence[str],
    *,
    text: str = "",
    now: datetime,
    idempotency_key: str | None = None,
) -> None:
    """Raises as `take_task`, and Refused without people."""

    def carry_out() -> dict[str, str]:
        _copy(connection, actor, task_key, people, text.strip()[:500], now)
        return {"task_key": task_key}

    request = {"copy": task_key, "people": list(people), "text": text}
    once(connection, actor, idempotency_key, request, now, carry_out)


def _copy(
    connection: Connection,
    actor: Actor,
    task_key: str,
    people: Sequence[str],
    text: str,
    now: datetime,
) -> None:
    task = take_task(connection, actor, task_key)
    wanted = list(dict.fromkeys(people))
    if not wanted or len(wanted) > MOST:
        raise Refused("请选择人员。", fields={"to": f"请选择 1 到 {MOST} 位人员。"})
    named = [person_named(connection, actor, key) for key in wanted]
    people_ = [{**person_body(p), "key": new_key("c")} for p in named]
    copy = {"people": people_, "text": text}
    act = Act(task.actor, "copy_task", now, {"copy": copy})
    log_act(connection, task, act)
    copied(connection, act.where(task.locked), task_key, copy)
