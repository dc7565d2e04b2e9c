"""One event of a project as people read it: who did what, where, for the how-manieth time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from service.engine import Definition, Element, Process
from service.store.history import StoredEvent

ACTS = {
    "start_instance": "发起",
    "complete_task": "办理",
    "fire_timer": "到期",
    "rearm_timers": "改期",
    "deliver_message": "收到消息",
    "deliver_signal": "收到通知",
    "complete_service": "系统办理",
    "claim_task": "签收",
    "release_task": "退签",
    "return_task": "退回",
    "migrate_instance": "换版",
    "withdraw_task": "撤回",
    "cancel_instance": "关闭",
    "cancel_project": "撤销",
    "transfer_task": "转办",
    "entrust_task": "委托办理",
    "hand_back_task": "交回",
    "ask_opinion": "征求意见",
    "answer_opinion": "出具意见",
    "drop_opinion": "减签",
    "copy_task": "抄送",
    "urge_task": "催办",
    "repair_instance": "应急处置",
}
SYSTEM = "系统"


@dataclass(frozen=True)
class Step:
    """One event of the project: the `number` counts from 1, `pass_` the times that its element was done so far.

    `cause` is the number of the event that led to it; `decided`: decisions fell; `red`: nobody's ordinary act.
    """

    number: int
    seq: int
    at: datetime
    act: str
    who: str
    unit: str
    post: str
    instance_key: str
    process: Process
    element: Element | None
    pass_: int
    waited: timedelta | None
    bundle: str
    cause: int | None
    decided: bool
    red: bool = False

    @property
    def name(self) -> str:
        """What was done, in words."""
        what = self.element.name if self.element else self.process.name
        return f"{ACTS.get(self.act, self.act)} {what}"


@dataclass(frozen=True)
class Opened:
    """When and where a task came to be."""

    at: datetime
    place: tuple[str, str]


def step_of(
    number: int,
    event: StoredEvent,
    definition: Definition,
    task: Opened | None,
    counts: dict[tuple[str, str, str], int],
) -> Step:
    """The step of an event; `counts` is how often each element was done before, and learns of this one."""
    body, instance_key = event.body, str(event.instance_key)
    process_id, element_id = task.place if task else _place(body)
    process = definition.processes[process_id]
    key = (instance_key, process_id, element_id)
    done = event.act == "complete_task"
    if done:
        counts[key] = counts.get(key, 0) + 1
    actor = body["actor"]
    system = not actor.get("account_key") or actor["unit_name"] == actor["name"]
    return Step(
        number, event.seq, event.at, event.act,
        SYSTEM if system else actor["name"], actor["unit_name"], actor.get("post") or "",
        instance_key, process, process.elements.get(element_id), counts.get(key, 1),
        event.at - task.at if task and done else None, definition.digest, body.get("cause"),
        any(name == "DecisionEvaluated" for name, _ in body.get("effects", ())),
        event.act == "repair_instance",
    )  # fmt: skip


def _place(body: Mapping[str, Any]) -> tuple[str, str]:
    """Process and element where the first effect of an event happens."""
    element_id = body.get("element") or ""
    for _, fields in body.get("effects", ()):
        if "process_id" in fields and element_id in ("", fields.get("element_id")):
            return fields["process_id"], fields.get("element_id", "")
    return body["process"], element_id
