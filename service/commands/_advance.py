"""The one way to change an instance: lock, advance, append, project, save, deliver. One transaction.

Whatever raises leaves through the edge, which rolls back: nothing is half done.
"""

from __future__ import annotations

import dataclasses
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from service.commands._operators import OPERATORS
from service.definitions import definition_of
from service.engine import Definition, Step, advance, state_digest
from service.model import events, inputs
from service.model.actor import SYSTEM, Actor
from service.model.errors import NotFound, Refused
from service.model.keys import new_key
from service.model.values import canonical_json, to_json
from service.model.wire import encode
from service.store import history
from service.store import tables as t
from service.store.projections import Where, facts_of, project_events

MAX_DELIVERIES = 200


@dataclass(frozen=True)
class Act:
    """Who does what, for the log. `about` holds what the log says beside it (form, submission, reason …)."""

    actor: Actor
    name: str
    now: datetime
    about: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class Locked:
    """An instance whose project's row (or own row) this transaction holds."""

    instance_key: str
    process_id: str
    project_key: str | None
    definition: Definition
    state: bytes | None
    seq: int
    facts: dict[str, Any]


def lock_project(connection: Connection, project_key: str) -> None:
    """Hold a project until the transaction ends."""
    query = select(t.project.c.project_key).where(t.project.c.project_key == project_key)
    if connection.execute(query.with_for_update()).first() is None:
        raise NotFound("没有这个项目。")


def lock_instance(connection: Connection, instance_key: str) -> Locked:
    """Hold an instance (through its project, when it has one) and read it anew."""
    row = connection.execute(
        select(t.instance.c.project_key).where(t.instance.c.instance_key == instance_key)
    ).first()
    if row is None:
        raise NotFound("没有这个流程实例。")
    if row.project_key:
        lock_project(connection, row.project_key)
    found = connection.execute(
        select(t.instance).where(t.instance.c.instance_key == instance_key).with_for_update()
    ).one()
    return Locked(
        instance_key,
        found.process_id,
        found.project_key,
        definition_of(connection, found.digest),
        bytes(found.state),
        found.seq,
        facts_of(connection, found.project_key),
    )


def advance_locked(
    connection: Connection, locked: Locked, input_: inputs.Input, act: Act
) -> tuple[events.Event, ...]:
    """Carry an input into a locked instance, and all that follows from it in the project.

    Returns the events of the first step.
    """
    first = _step(connection, locked, input_, act)
    pending: deque[tuple[Locked, events.Event]] = deque((locked, e) for e in first.events)
    deliveries = 0
    while pending:
        source, event = pending.popleft()
        for receiver, next_input, next_act in _consequences(connection, source, event, act):
            deliveries += 1
            if deliveries > MAX_DELIVERIES:
                raise Refused("消息互相触发不止，请与流程管理人员联系。")
            step = _step(connection, receiver, next_input, next_act)
            pending.extend((receiver, e) for e in step.events)
    return first.events


def _step(connection: Connection, locked: Locked, input_: inputs.Input, act: Act) -> Step:
    locked.facts = facts_of(connection, locked.project_key)
    step = advance(
        locked.definition,
        locked.state,
        input_,
        instance_key=locked.instance_key,
        now=act.now,
        facts=locked.facts,
    )
    first = locked.state is None
    locked.state, locked.seq = step.state, locked.seq + 1
    if first:
        _insert_instance(connection, locked, act)
    else:
        connection.execute(
            update(t.instance)
            .where(t.instance.c.instance_key == locked.instance_key)
            .values(state=step.state, seq=locked.seq)
        )
    _append(connection, locked, input_, act, step)
    where = Where(
        locked.instance_key, locked.project_key, act.now, act.actor.account_key, act.actor.name
    )
    project_events(connection, where, step.events)
    return step


def _insert_instance(connection: Connection, locked: Locked, act: Act) -> None:
    connection.execute(
        insert(t.instance).values(
            instance_key=locked.instance_key,
            process_id=locked.process_id,
            project_key=locked.project_key,
            digest=locked.definition.digest,
            state=locked.state,
            seq=locked.seq,
            status="running",
            started_at=act.now,
        )
    )


def _append(
    connection: Connection, locked: Locked, input_: inputs.Input, act: Act, step: Step
) -> None:
    actor = dataclasses.asdict(act.actor) | {"groups": sorted(act.actor.groups)}
    history.append(
        connection,
        at=act.now,
        act=act.name,
        instance_key=locked.instance_key,
        instance_seq=locked.seq,
        project_key=locked.project_key,
        body={
            "actor": actor,
            "process": locked.process_id,
            "bundle": locked.definition.digest,
            "input": encode(input_),
            "effects": [encode(e) for e in step.events],
            "state": state_digest(step.state),
            **act.about,
        },
    )


Delivery = tuple[Locked, inputs.Input, Act]


def _consequences(
    connection: Connection, source: Locked, event: events.Event, act: Act
) -> list[Delivery]:
    follow = Act(SYSTEM, "", act.now)
    if isinstance(event, events.ServiceTaskRequested):
        answer = OPERATORS[event.operator](connection, source.project_key, event.parameters)
        done = inputs.CompleteService(event.task_key, answer)
        return [(source, done, dataclasses.replace(follow, name="complete_service"))]
    if isinstance(event, events.MessageThrown):
        return _message(connection, source, event.name, event.payload, follow)
    if isinstance(event, events.SignalThrown):
        signal = inputs.DeliverSignal(event.name)
        act = dataclasses.replace(follow, name="deliver_signal")
        return [(r, signal, act) for r in _awaiting(connection, source, event.name)]
    return []


def _message(
    connection: Connection, source: Locked, name: str, payload: Mapping[str, Any], follow: Act
) -> list[Delivery]:
    receivers = _awaiting(connection, source, name)
    if receivers:
        act = dataclasses.replace(follow, name="deliver_message")
        return [(r, inputs.DeliverMessage(name, payload), act) for r in receivers]
    process_id = source.definition.starts_by_message.get(name)
    if process_id and process_id not in source.definition.called:
        started = new_instance(source.definition, process_id, source.project_key)
        start = inputs.StartInstance(
            process_id, _accepted(source.definition, process_id, payload), name
        )
        return [(started, start, dataclasses.replace(follow, name="start_instance"))]
    connection.execute(
        insert(t.notice).values(
            notice_key=new_key("n"),
            project_key=source.project_key,
            instance_key=source.instance_key,
            name=name,
            payload=canonical_json({k: to_json(v) for k, v in payload.items()}).decode(),
            at=follow.now,
        )
    )
    return []


def _accepted(
    definition: Definition, process_id: str, payload: Mapping[str, Any]
) -> dict[str, Any]:
    declared = definition.processes[process_id].start.outputs
    return {name: value for name, value in payload.items() if name in declared}


def new_instance(definition: Definition, process_id: str, project_key: str | None) -> Locked:
    """An instance that does not exist yet; its first step inserts it."""
    return Locked(new_key("i"), process_id, project_key, definition, None, 0, {})


def _awaiting(connection: Connection, source: Locked, name: str) -> list[Locked]:
    rows = connection.execute(
        select(t.awaited_message.c.instance_key)
        .where(
            t.awaited_message.c.name == name,
            t.awaited_message.c.project_key == source.project_key
            if source.project_key
            else t.awaited_message.c.instance_key == source.instance_key,
        )
        .distinct()
        .order_by(t.awaited_message.c.instance_key)
    )
    keys = [row.instance_key for row in rows]
    return [source if k == source.instance_key else lock_instance(connection, k) for k in keys]
