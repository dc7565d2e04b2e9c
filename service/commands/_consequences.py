"""What follows from an event inside its project, in the same transaction: answers, messages, signals, starts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select

from service.commands._locked import Locked, new_instance, read_locked
from service.commands._notify import Notice, addressed, keep_notice
from service.commands._operators import OPERATORS
from service.commands._question import Question
from service.definitions import definition_of
from service.engine import Definition, Element
from service.model import events, inputs
from service.model.errors import BadInput
from service.store import tables as t
from service.store.prepared import Prepared

_AWAITING = Prepared(
    select(t.awaited_message.c.instance_key)
    .where(
        t.awaited_message.c.name == bindparam("name"),
        t.awaited_message.c.project_key == bindparam("key"),
    )
    .distinct()
    .order_by(t.awaited_message.c.instance_key)
)
_ITSELF = Prepared(
    select(t.awaited_message.c.instance_key)
    .where(
        t.awaited_message.c.name == bindparam("name"),
        t.awaited_message.c.instance_key == bindparam("key"),
    )
    .distinct()
)
_ARMED = Prepared(
    select(
        t.due_timer.c.instance_key,
        t.due_timer.c.process_id,
        t.due_timer.c.element_id,
        t.instance.c.digest,
    )
    .join(t.instance, t.instance.c.instance_key == t.due_timer.c.instance_key)
    .where(t.instance.c.project_key == bindparam("key"))
    .order_by(t.due_timer.c.instance_key, t.due_timer.c.task_key)
)
_LIMITED = Prepared(
    select(t.task.c.instance_key, t.task.c.process_id, t.task.c.element_id, t.instance.c.digest)
    .join(t.instance, t.instance.c.instance_key == t.task.c.instance_key)
    .where(
        t.task.c.project_key == bindparam("key"),
        t.task.c.status == "open",
        t.task.c.due_at.is_not(None),
    )
    .order_by(t.task.c.instance_key, t.task.c.task_key)
)


@dataclass(frozen=True)
class Following:
    """An input that an event brings to an instance."""

    receiver: Locked
    input: inputs.Input
    act: str
    about: Mapping[str, Any] = field(default_factory=dict)


def consequences(
    connection: Connection,
    held: dict[str, Locked],
    source: Locked,
    event: events.Event,
    now: datetime,
) -> Iterator[Following]:
    """The inputs that follow, one at a time, so that each meets what the one before has left."""
    if isinstance(event, events.ServiceTaskRequested):
        answer = OPERATORS[event.operator](Question(connection, source, event.parameters, now))
        asked = source.definition.element(event.process_id, event.element_id).outputs
        wanted = {name: value for name, value in answer.items() if name in asked}
        done = inputs.CompleteService(event.task_key, wanted)
        about = {"element": event.element_id, "task": event.task_key}
        yield Following(source, done, "complete_service", about)
    elif isinstance(event, events.MessageThrown):
        yield from _message(connection, held, source, event, now)
    elif isinstance(event, events.SignalThrown):
        for receiver in _awaiting(connection, held, source, event.name):
            yield Following(receiver, inputs.DeliverSignal(event.name), "deliver_signal")
    elif isinstance(event, events.FactsSet):
        for receiver in _reading(connection, held, source, event.facts.keys()):
            names = inputs.RearmTimers(tuple(sorted(event.facts)))
            yield Following(receiver, names, "rearm_timers")


def _message(
    connection: Connection,
    held: dict[str, Locked],
    source: Locked,
    event: events.MessageThrown,
    now: datetime,
) -> Iterator[Following]:
    receivers = _awaiting(connection, held, source, event.name)
    for receiver in receivers:
        yield Following(
            receiver, inputs.DeliverMessage(event.name, event.payload), "deliver_message"
        )
    if receivers:
        return
    process_id = source.definition.starts_by_message.get(event.name)
    if process_id and process_id not in source.definition.called:
        started = new_instance(source.definition, process_id, source.project_key, source.facts)
        held[started.instance_key] = started
        accepted = _accepted(source.definition, process_id, event.payload)
        start = inputs.StartInstance(process_id, accepted, event.name)
        yield Following(started, start, "start_instance")
    else:
        _keep(connection, source, event, now)


def _awaiting(
    connection: Connection, held: dict[str, Locked], source: Locked, name: str
) -> list[Locked]:
    """Instances of the project that wait for a message or signal now, in a fixed order."""
    if source.project_key:
        rows = _AWAITING.run(connection, {"name": name, "key": source.project_key})
    else:
        rows = _ITSELF.run(connection, {"name": name, "key": source.instance_key})
    keys = [str(row[0]) for row in rows]
    return [_hold(connection, held, source, key) for key in keys]


def _reading(
    connection: Connection, held: dict[str, Locked], source: Locked, names: Iterable[str]
) -> list[Locked]:
    """Other instances of the project with a timer or a limit whose date depends on one of these facts."""
    if source.project_key is None:
        return []
    changed = set(names)
    found: list[str] = []
    this = {"key": source.project_key}
    for row in [*_ARMED.run(connection, this), *_LIMITED.run(connection, this)]:
        key, process_id, element_id, digest = row
        reads = definition_of(connection, digest).date_reads[process_id, element_id]
        if key != source.instance_key and reads & changed and key not in found:
            found.append(key)
    return [_hold(connection, held, source, key) for key in found]


def _hold(connection: Connection, held: dict[str, Locked], source: Locked, key: str) -> Locked:
    if key not in held:
        held[key] = read_locked(connection, key, source.facts)
    return held[key]


def _accepted(
    definition: Definition, process_id: str, payload: Mapping[str, Any]
) -> dict[str, Any]:
    declared = definition.processes[process_id].start.outputs
    return {name: value for name, value in payload.items() if name in declared}


def _keep(
    connection: Connection, source: Locked, event: events.MessageThrown, now: datetime
) -> None:
    """Nobody waits: the message stays as a notice for those whom the diagram names."""
    element, step = _thrower(source.definition, event)
    groups = element.properties.get("notify", element.lane_id or "").split()
    to = addressed(connection, source, groups)
    payload = {"words": element.name, "step": step, **event.payload}
    keep_notice(connection, source, Notice(event.name, event.element_id, payload, to), now)


def _thrower(definition: Definition, event: events.MessageThrown) -> tuple[Element, str]:
    """The element that has thrown a message, and the name of the task that it reminds of (else of its process)."""
    for process in definition.processes.values():
        element = process.elements.get(event.element_id)
        if element is None or element.event_name != event.name:
            continue
        before = [process.elements[process.flows[f].source] for f in element.incoming]
        watched = [process.elements[e.attached_to].name for e in before if e.attached_to]
        return element, watched[0] if watched else process.name
    raise BadInput(f"流程图里没有发出 {event.name} 的 {event.element_id}。")
