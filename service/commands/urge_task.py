"""催办: remind those who have a task in hand, once a day a person."""

from __future__ import annotations

import json
from datetime import datetime

from sqlalchemy import Connection, select

from service.commands._advance import Act
from service.commands._locked import lock_within
from service.commands._task import log_beside
from service.model.actor import Actor
from service.model.errors import Conflict, NotFound
from service.model.keys import new_key
from service.model.notices import URGED
from service.regulation.dates import local_date, start_of_day
from service.store import tables as t
from service.store.projections import notice_kept
from service.store.sight import visible


def urge_task(
    connection: Connection, actor: Actor, task_key: str, *, text: str = "", now: datetime
) -> str:
    """A notice to the holders of an open task of a project that the actor may see; returns the project.

    Raises NotFound, Conflict when the task is done or the actor has urged it today.
    """
    seen = select(t.task).join(t.project, t.project.c.project_key == t.task.c.project_key)
    row = connection.execute(seen.where(t.task.c.task_key == task_key, visible(actor))).first()
    if row is None:
        raise NotFound("没有可以催办的这项任务。")
    locked = lock_within(connection, row.project_key, row.instance_key)
    row = connection.execute(select(t.task).where(t.task.c.task_key == task_key)).one()
    if row.status != "open":
        raise Conflict("这项任务已经办结或已取消，不用催办。")
    _refuse_second(connection, actor, task_key, now)
    who = f"{actor.unit_name}{actor.name}催办"
    words = f"{who}：{text.strip()[:200]}" if text.strip() else who
    notice = {
        "key": new_key("n"),
        "name": URGED,
        "payload": {"words": words, "by": actor.account_key},
        "task": task_key,
        "to": [[row.group_id, row.unit_id]],
    }
    about = {"task": task_key, "element": row.element_id, "notice": notice, "reason": text.strip()}
    act = Act(actor, "urge_task", now, about)
    log_beside(connection, locked, act)
    notice_kept(connection, act.where(locked), notice)
    return str(row.project_key)


def _refuse_second(connection: Connection, actor: Actor, task_key: str, now: datetime) -> None:
    today = start_of_day(local_date(now))
    rows = connection.execute(
        select(t.notice.c.payload).where(
            t.notice.c.task_key == task_key, t.notice.c.name == URGED, t.notice.c.at >= today
        )
    )
    if any(json.loads(row.payload).get("by") == actor.account_key for row in rows):
        raise Conflict("您今天已经催办过这项任务，请明天再催。")
