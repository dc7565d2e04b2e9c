"""advance(): one input in, the new state and what happened out. Pure and deterministic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from service.engine import codec
from service.engine.carrying import carry
from service.engine.definition import Definition
from service.engine.migrating import migrated
from service.engine.moment import Moment
from service.engine.past import Past
from service.engine.recent import Recent
from service.engine.returning import returned
from service.engine.script import Script
from service.model.errors import Conflict
from service.model.events import Event
from service.model.inputs import Input, MigrateInstance, ReturnTo
from service.model.values import Value

_live: Recent[tuple[Mapping[str, Any], codec.Loaded]] = Recent(256)


@dataclass(frozen=True)
class Step:
    """The result of an input: the new state with its digest, and the events in their order.

    `ids`: how many ids the instance had given out before; with it the step can be repeated elsewhere.
    """

    state: bytes
    digest: str
    events: tuple[Event, ...]
    ids: int


def advance(
    definition: Definition,
    state: bytes | None,
    input_: Input,
    *,
    instance_key: str,
    now: datetime,
    facts: Mapping[str, Value],
    past: Sequence[Past] = (),
) -> Step:
    """Carry one input into an instance (`state` None for a start). `past`: its log, for returns and
    migrations.

    Raises Conflict when the task is not open any more, BadInput for undeclared or wrong variables,
    Refused when the diagram has no way on. Nothing is kept of a step that raises.
    """
    moment = Moment(definition, facts, now.astimezone(UTC))
    script = Script(moment)
    if isinstance(input_, MigrateInstance) and state is not None:
        loaded = migrated(moment, state, past, instance_key)
        made, digest = codec.dump(loaded)
        return Step(made, digest, tuple(moment.events), codec.header(state)["counter"])
    resumed = None if state is None else _resume(definition, state, script)
    ids = resumed.counter if resumed else 0
    if isinstance(input_, ReturnTo) and resumed:
        loaded = returned(moment, resumed, input_, past, instance_key)
        made, digest = codec.dump(loaded)
    else:
        loaded = carry(moment, resumed, input_, instance_key, ids)
        made, digest = codec.dump(loaded)
        _keep(definition, made, loaded)
    return Step(made, digest, tuple(moment.events), ids)


def _resume(definition: Definition, state: bytes, script: Script) -> codec.Loaded:
    kept = _live.take(state)
    if kept is not None and kept[0] is definition.specs:
        loaded = kept[1]
        loaded.workflow.script_engine = script
    else:
        loaded = codec.load(state, definition.specs.__getitem__, script)
    if loaded.ended:
        raise Conflict("流程已经办结，不能再办理。")
    return loaded


def _keep(definition: Definition, state: bytes, loaded: codec.Loaded) -> None:
    if loaded.ended:
        return
    loaded.workflow.listener = loaded.workflow.script_engine = None
    _live.keep(state, (definition.specs, loaded))


def forget_live() -> None:
    """Drop all live objects: the next steps build theirs from bytes. Results are the same."""
    _live.forget()
    codec.forget()
