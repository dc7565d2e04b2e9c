"""Rebuild state, inbox and timers of every instance from the event log alone, and compare."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select

from service.definitions import definition_of
from service.engine import advance, state_digest
from service.model.inputs import StartInstance
from service.model.wire import decode_input, encode
from service.store import history
from service.store import tables as t


def differences(connection: Connection) -> list[str]:
    """A Chinese sentence for each thing that the log does not confirm; empty when all is equal."""
    broken = history.first_broken(connection)
    if broken is not None:
        return [f"事件 {broken} 的哈希或链接不对"]
    states: dict[str, bytes] = {}
    facts: dict[str, dict[str, Any]] = {}
    tasks: set[str] = set()
    timers: set[str] = set()
    found: list[str] = []
    for event in history.read(connection):
        if "input" in event.body:
            found += _replayed(connection, event, states, facts, tasks, timers)
    return found + _compared(connection, states, tasks, timers)


def _replayed(
    connection: Connection,
    event: Any,
    states: dict[str, bytes],
    facts: dict[str, dict[str, Any]],
    tasks: set[str],
    timers: set[str],
) -> list[str]:
    definition = definition_of(connection, event.body["bundle"])
    input_ = decode_input(event.body["input"])
    project = event.project_key or event.instance_key
    known = facts.setdefault(project, {})
    if isinstance(input_, StartInstance) and event.project_key and "project_no" not in known:
        number = select(t.project.c.no).where(t.project.c.project_key == event.project_key)
        known["project_no"] = connection.execute(number).scalar_one()
    step = advance(
        definition, states.get(event.instance_key), input_,
        instance_key=event.instance_key, now=event.at, facts=known,
    )  # fmt: skip
    states[event.instance_key] = step.state
    effects = [encode(e) for e in step.events]
    for name, fields in effects:
        _follow(name, fields, step, known, tasks, timers)
    if effects != event.body["effects"] or state_digest(step.state) != event.body["state"]:
        return [f"事件 {event.seq} 重演的结果与记录不同"]
    return []


def _follow(
    name: str, fields: Any, step: Any, known: dict[str, Any], tasks: set[str], timers: set[str]
) -> None:
    if name == "FactsSet":
        for event in step.events:
            if type(event).__name__ == "FactsSet":
                known.update(event.facts)
    elif name == "UserTaskCreated":
        tasks.add(fields["task_key"])
    elif name in ("UserTaskCompleted", "UserTaskCancelled"):
        tasks.discard(fields["task_key"])
    elif name == "TimerScheduled":
        timers.add(fields["task_key"])
    elif name == "TimerEnded":
        timers.discard(fields["task_key"])


def _compared(
    connection: Connection, states: dict[str, bytes], tasks: set[str], timers: set[str]
) -> list[str]:
    found = []
    for row in connection.execute(select(t.instance.c.instance_key, t.instance.c.state)):
        if states.get(row.instance_key) != bytes(row.state):
            found.append(f"流程实例 {row.instance_key} 的状态与日志不符")
    opened = connection.execute(select(t.task.c.task_key).where(t.task.c.status == "open"))
    if set(opened.scalars()) != tasks:
        found.append("待办与日志不符")
    if set(connection.execute(select(t.due_timer.c.task_key)).scalars()) != timers:
        found.append("定时器与日志不符")
    return found
