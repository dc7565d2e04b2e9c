"""What 退回 and 撤回 share: the step is open again, children that it had started are closed, facts as before."""

from __future__ import annotations

from sqlalchemy import Connection, select

from service.commands._advance import Act, advance_locked, advance_numbered
from service.commands._locked import Locked, read_locked
from service.engine import WayBack
from service.model.errors import Refused
from service.model.events import InstanceReturned
from service.model.inputs import CancelInstance, ReturnTo
from service.recorded import restored
from service.store import tables as t

MAX_REASON = 500


def go_back(connection: Connection, locked: Locked, way: WayBack, act: Act) -> str:
    """Open the completed task of `way` again in an instance that this transaction holds; returns its new key."""
    outside = restored(connection, locked.instance_key, locked.project_key, way.undone)
    if outside.answers:
        raise Refused("这一步之后已收到其他事项的回复，不能再退回到这一步。")
    facts = {n: v for n, v in outside.facts.items() if locked.facts.get(n) != v}
    happened, cause = advance_numbered(connection, locked, ReturnTo(way.task_key, facts), act)
    for key in outside.children:
        if _runs(connection, key):
            child = read_locked(connection, key, locked.facts)
            about = {
                "reason": act.about.get("reason", ""), "because": locked.instance_key, "cause": cause,
            }  # fmt: skip
            close = Act(act.actor, "cancel_instance", act.now, about)
            advance_locked(connection, child, CancelInstance(), close)
    told = next(e for e in happened if isinstance(e, InstanceReturned))
    return told.reopened[way.task_key]


def _runs(connection: Connection, instance_key: str) -> bool:
    status = select(t.instance.c.status).where(t.instance.c.instance_key == instance_key)
    return bool(connection.execute(status).scalar_one() == "running")


def checked_reason(reason: str, *, wanted: str) -> str:
    """A reason, stripped. Raises Refused when there is none."""
    said = reason.strip()
    if not said:
        raise Refused(f"请填写{wanted}。", fields={"reason": f"请填写{wanted}。"})
    if len(said) > MAX_REASON:
        raise Refused(f"{wanted}不能超过 {MAX_REASON} 字，请精简。", fields={"reason": "请精简。"})
    return said
