"""What an emergency repair may do to a running instance, and nothing else (ADR 21).

Each remedy repeats what the record or the diagram already says: a step that was done is opened again, a message that
was sent before anybody waited is delivered, time limits are reckoned anew from what they read. Nothing is skipped,
decided or typed in.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, select

from service.definitions import definition_of
from service.engine import WayBack, ways_back
from service.model.errors import Refused
from service.model.inputs import DeliverMessage, RearmTimers
from service.model.values import from_json
from service.recorded import past_of, restored
from service.regulation.dates import local_date
from service.store import tables as t

KINDS = {"back": "退回重办", "message": "补投消息", "rearm": "重新计算期限"}
NOT_PAYLOAD = ("words", "step")  # what a notice says beside what the message carried


@dataclass(frozen=True)
class Remedy:
    """`kind` of KINDS, `target` (a task, a notice, or nothing), `words` for people, and what it carries in."""

    kind: str
    target: str
    words: str
    act: DeliverMessage | RearmTimers | WayBack


def remedies(connection: Connection, instance_key: str) -> list[Remedy]:
    """What can be done for a running instance of a project now; nothing for one that has ended."""
    i = t.instance.c
    row = connection.execute(
        select(i.instance_key, i.project_key, i.process_id, i.digest).where(
            i.instance_key == instance_key, i.status == "running", i.project_key.is_not(None)
        )
    ).first()
    if row is None:
        return []
    return [
        *_messages(connection, row.instance_key, row.project_key),
        *_limits(connection, row.instance_key, row.digest),
        *_steps_back(connection, row.instance_key, row.project_key),
    ]


def remedy_of(connection: Connection, instance_key: str, kind: str, target: str) -> Remedy:
    """One of them. Raises Refused."""
    for remedy in remedies(connection, instance_key):
        if (remedy.kind, remedy.target) == (kind, target):
            return remedy
    raise Refused("这件事现在不能这样处置：流程已办结，或已有新的进展。请重新查看可以做什么。")


def _messages(connection: Connection, instance_key: str, project_key: str) -> Iterator[Remedy]:
    """Messages of the project for which nobody waited when they were sent, and for which this instance waits now.

    Of each name the newest, once.
    """
    awaited = select(t.awaited_message.c.name).where(
        t.awaited_message.c.instance_key == instance_key
    )
    used = select(t.repair.c.target).where(
        t.repair.c.kind == "message", t.repair.c.status == "done"
    )
    n = t.notice.c
    kept = connection.execute(
        select(t.notice)
        .where(
            n.project_key == project_key, n.name.in_(awaited), n.task_key.is_(None),
            n.notice_key.not_in(used),
        )
        .order_by(n.at.desc(), n.notice_key)
    )  # fmt: skip
    names: set[str] = set()
    for row in kept:
        if row.name in names:
            continue
        names.add(row.name)
        said = json.loads(row.payload)
        payload = {k: from_json(v) for k, v in said.items() if k not in NOT_PAYLOAD}
        words = f"补投消息“{said.get('words') or row.name}”（{local_date(row.at)} 发出时没有流程在等待）"
        yield Remedy("message", row.notice_key, words, DeliverMessage(row.name, payload))


def _limits(connection: Connection, instance_key: str, digest: str) -> Iterator[Remedy]:
    """Timers and time limits, when any of them reads something."""
    reads = definition_of(connection, digest).date_reads
    timer, task = t.due_timer.c, t.task.c
    places = [
        *connection.execute(
            select(timer.process_id, timer.element_id).where(timer.instance_key == instance_key)
        ),
        *connection.execute(
            select(task.process_id, task.element_id).where(
                task.instance_key == instance_key, task.status == "open", task.due_at.is_not(None)
            )
        ),
    ]
    names = frozenset().union(*(reads.get((p, e), frozenset()) for p, e in places))
    if names:
        yield Remedy("rearm", "", "按现在的情况重新计算期限", RearmTimers(tuple(sorted(names))))


def _steps_back(connection: Connection, instance_key: str, project_key: str) -> Iterator[Remedy]:
    """Steps that can be done again, the latest first; the diagram says what stands."""
    ways = ways_back(past_of(connection, instance_key, project_key), instance_key)
    keys = [way.task_key for way in ways]
    done = {
        r.task_key: r for r in connection.execute(select(t.task).where(t.task.c.task_key.in_(keys)))
    }
    for way in reversed(ways):
        if restored(connection, instance_key, project_key, way.undone).answers:
            continue
        by = done[way.task_key]
        words = f"退回重办“{way.element.name}”（{by.ended_by_name} {local_date(by.ended_at)} 办理）"
        yield Remedy("back", way.task_key, words, way)
