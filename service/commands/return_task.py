"""退回: return a task to an earlier step of its instance, with a reason."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from service.commands._advance import Act
from service.commands._duties import check_duties
from service.commands._going_back import checked_reason, go_back
from service.commands._idempotency import once
from service.commands._task import take_task
from service.engine import ways_back
from service.model.actor import Actor
from service.model.errors import Refused
from service.recorded import past_of


def return_task(
    connection: Connection,
    actor: Actor,
    task_key: str,
    to: str,
    *,
    reason: str,
    now: datetime,
    idempotency_key: str | None = None,
) -> str:
    """Open the completed task `to` again and close what followed from it, the actor's own task among it;
    returns the key under which it is open now.

    Raises as `take_task` and `check_duties`, and Refused without a reason or where there is no way back.
    """

    def carry_out() -> dict[str, str]:
        return {"task_key": _return(connection, actor, task_key, to, reason, now)}

    request = {"return": task_key, "to": to, "reason": reason}
    answer = once(connection, actor, idempotency_key, request, now, carry_out)
    return str(answer["task_key"])


def _return(
    connection: Connection, actor: Actor, task_key: str, to: str, reason: str, now: datetime
) -> str:
    task = take_task(connection, actor, task_key)
    check_duties(connection, task.actor, task)
    said = checked_reason(reason, wanted="退回理由")
    if task.element.stands:
        raise Refused(f"按流程图，“{task.element.name}”不能退回，请在表单中作出决定。")
    locked = task.locked
    ways = ways_back(
        past_of(connection, locked.instance_key, locked.project_key), locked.instance_key
    )
    way = next((w for w in ways if w.task_key == to and task_key not in w.open), None)
    if way is None:
        raise Refused("不能退回到这一步：它不在本任务之前，或之后的决定不能退回。请另选环节。")
    about = {"element": task.element.id, "task": task_key, "to": to, "reason": said}
    return go_back(connection, locked, way, Act(task.actor, "return_task", now, about))
