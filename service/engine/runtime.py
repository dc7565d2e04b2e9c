"""advance(): one input in, the new state and what happened out. Pure and deterministic."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from SpiffWorkflow.exceptions import SpiffWorkflowException

from service.engine import codec, determinism
from service.engine.apply import apply
from service.engine.compaction import compact
from service.engine.definition import Definition
from service.engine.flows import note_flows
from service.engine.moment import Moment
from service.engine.rearming import rearm
from service.engine.recent import Recent
from service.engine.script import Script
from service.engine.workflow import LIVE, FlatWorkflow
from service.model.errors import BadInput, Conflict, Refused
from service.model.events import Event, InstanceCompleted
from service.model.inputs import Input, StartInstance
from service.model.values import Value

MAX_STEPS = 2000
_live: Recent[tuple[Mapping[str, Any], codec.Loaded]] = Recent(256)


@dataclass(frozen=True)
class Step:
    """The result of an input: the new state with its digest, and the events in their order."""

    state: bytes
    digest: str
    events: tuple[Event, ...]


def advance(
    definition: Definition,
    state: bytes | None,
    input_: Input,
    *,
    instance_key: str,
    now: datetime,
    facts: Mapping[str, Value],
) -> Step:
    """Carry one input into an instance (`state` None for a start).

    Raises Conflict when the task is not open any more, BadInput for undeclared or wrong variables,
    Refused when the diagram has no way on. Nothing is kept of a step that raises.
    """
    moment = Moment(definition, facts, now.astimezone(UTC))
    script = Script(moment)
    resumed = None if state is None else _resume(definition, state, script)
    counter = resumed.counter if resumed else 0
    with determinism.step(instance_key, counter, moment.now) as clock:
        try:
            loaded = resumed or _begin(definition, input_, script)
            moment.attach(loaded)
            apply(moment, input_)
            _run(moment)
        except RecursionError as wrong:  # a circle without a gateway, or with automatic steps only
            raise Refused("流程图里有走不出去的循环，请与流程管理人员联系。") from wrong
        except SpiffWorkflowException as wrong:
            raise Refused(f"流程走不下去：{wrong}。请与流程管理人员联系。") from wrong
    loaded.counter = clock.counter
    rearm(moment)
    _close(moment)
    compact(loaded.workflow)
    made, digest = codec.dump(loaded)
    _keep(definition, made, loaded)
    return Step(made, digest, tuple(moment.events))


def _begin(definition: Definition, input_: Input, script: Script) -> codec.Loaded:
    if not isinstance(input_, StartInstance):
        raise BadInput("流程尚未开始。")
    if input_.process_id not in definition.processes:
        raise BadInput(f"没有流程 {input_.process_id}。")
    spec, subs = definition.specs[input_.process_id]
    workflow = FlatWorkflow(spec, subs, script_engine=script)
    return codec.Loaded(input_.process_id, workflow, variables=dict(input_.variables))


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


def _run(moment: Moment) -> None:
    steps = 0

    def count() -> None:
        nonlocal steps
        steps += 1
        if steps > MAX_STEPS:
            raise Refused("流程在没有人办理的情况下循环不止，请与流程管理人员联系。")

    moment.loaded.workflow.run_ready(moment.may_run, count)


def _close(moment: Moment) -> None:
    loaded = moment.loaded
    note_flows(moment)
    if loaded.ended:
        return
    if loaded.workflow.completed:
        loaded.ended = True
        moment.events.append(InstanceCompleted(tuple(moment.ends)))
    elif not any(t._state & LIVE for t in loaded.workflow.all_tasks() if moment.holds_up(t)):
        raise Refused("流程停住了：没有待办，也没有等待的事件。请与流程管理人员联系。")
