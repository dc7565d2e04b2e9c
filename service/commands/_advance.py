"""The one way to change an instance: lock, advance, append, project, save, deliver. One transaction.

Whatever raises leaves through the edge, which rolls back: nothing is half done.
"""

from __future__ import annotations

import dataclasses
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from service.commands._consequences import consequences
from service.commands._locked import Locked
from service.definitions import in_force
from service.engine import Past, Step, advance
from service.model import events, inputs
from service.model.actor import SYSTEM, Actor
from service.model.errors import Refused
from service.model.wire import encode
from service.recorded import past_of
from service.store import history
from service.store.prepared import pipelined
from service.store.projections import instance_saved, project_events
from service.store.where import Where

MAX_DELIVERIES = 200


@dataclass(frozen=True)
class Act:
    """Who does what, for the log. `about` holds what the log says beside it (form, submission, reason …)."""

    actor: Actor
    name: str
    now: datetime
    about: Mapping[str, Any] = field(default_factory=dict)

    def where(self, locked: Locked) -> Where:
        """The act as projections want it."""
        actor = self.actor
        principal = actor.on_behalf_of.account_key if actor.on_behalf_of else None
        return Where(
            locked.instance_key,
            locked.project_key,
            self.now,
            actor.account_key,
            actor.signature,
            principal,
            locked.facts,
        )


def actor_body(actor: Actor) -> dict[str, Any]:
    """A person as the log names him: who, in which post of which unit, with which groups."""
    body: dict[str, Any] = {
        "account_key": actor.account_key,
        "name": actor.signature,
        "unit_id": actor.unit_id,
        "unit_name": actor.unit_name,
        "post": actor.post,
        "groups": sorted(actor.groups),
    }
    if actor.on_behalf_of:
        body["on_behalf_of"] = dataclasses.asdict(actor.on_behalf_of)
    return body


def advance_locked(
    connection: Connection, locked: Locked, input_: inputs.Input, act: Act
) -> tuple[events.Event, ...]:
    """Carry an input into a locked instance, and all that follows from it in the project, in order.

    Returns the events of the first step. Raises what `advance` raises, and Refused when messages go
    round without end.
    """
    return advance_numbered(connection, locked, input_, act)[0]


def advance_numbered(
    connection: Connection, locked: Locked, input_: inputs.Input, act: Act
) -> tuple[tuple[events.Event, ...], int]:
    """The same; also the number of the act in the log, which what else belongs to it names as its cause."""
    # each instance is read once: a second reading would not know what the first one has become
    held = {locked.instance_key: locked}
    first, number = _step(connection, locked, input_, act)
    pending = deque((locked, event, number) for event in first.events)
    deliveries = 0
    while pending:
        source, event, cause = pending.popleft()
        for following in consequences(connection, held, source, event, act.now):
            deliveries += 1
            if deliveries > MAX_DELIVERIES:
                raise Refused("消息互相触发不止，请与流程管理人员联系。")
            then = Act(SYSTEM, following.act, act.now, {"cause": cause, **following.about})
            step, seq = _step(connection, following.receiver, following.input, then)
            pending.extend((following.receiver, event, seq) for event in step.events)
    return first.events, number


def _step(
    connection: Connection, locked: Locked, input_: inputs.Input, act: Act
) -> tuple[Step, int]:
    """One input into one instance: engine, log, rows. Returns what happened and the event's number."""
    if not locked.in_force:
        locked.definition = in_force(connection, locked.definition, act.now)
    locked.in_force = False  # a step may change what is in force
    step = advance(
        locked.definition,
        locked.state,
        input_,
        instance_key=locked.instance_key,
        now=act.now,
        facts=locked.facts,
        past=_past(connection, locked, input_),
    )
    locked.state, locked.seq = step.state, locked.seq + 1
    where = act.where(locked)
    with pipelined(connection):
        seq = _append(connection, locked, input_, act, step)
        instance_saved(
            connection,
            where,
            process_id=locked.process_id,
            digest=locked.definition.digest,
            state=step.state,
            seq=locked.seq,
        )
        project_events(connection, where, step.events)
    return step, seq


def _past(connection: Connection, locked: Locked, input_: inputs.Input) -> Sequence[Past]:
    """The log of an instance, for those inputs that need it."""
    if isinstance(input_, inputs.ReturnTo):
        return past_of(connection, locked.instance_key, locked.project_key)
    if isinstance(input_, inputs.MigrateInstance):
        onto = locked.definition.digest
        return past_of(connection, locked.instance_key, locked.project_key, onto=onto)
    return ()


def _append(
    connection: Connection, locked: Locked, input_: inputs.Input, act: Act, step: Step
) -> int:
    return history.append(
        connection,
        at=act.now,
        act=act.name,
        instance_key=locked.instance_key,
        instance_seq=locked.seq,
        project_key=locked.project_key,
        body={
            "actor": actor_body(act.actor),
            "process": locked.process_id,
            "bundle": locked.definition.digest,
            "rules": locked.definition.rules_digest,
            "input": encode(input_),
            "effects": [encode(e) for e in step.events],
            "state": step.digest,
            "ids": step.ids,
            **act.about,
        },
    )
