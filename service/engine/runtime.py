"""advance(): one input in, the new state and what happened out. Pure and deterministic."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from SpiffWorkflow.exceptions import SpiffWorkflowException

from service.engine import codec, determinism
from service.engine.compaction import compact
from service.engine.context import check_output, evaluate, names_for
from service.engine.definition import Definition
from service.engine.elements import Element
from service.engine.moment import MAX_STEPS, Moment
from service.engine.workflow import LIVE, READY, WAITING, FlatWorkflow
from service.model.errors import BadInput, Conflict, Refused
from service.model.events import Event, InstanceCancelled, InstanceCompleted, InstanceStarted
from service.model.inputs import (
    CancelInstance,
    CompleteService,
    CompleteTask,
    DeliverMessage,
    DeliverSignal,
    FireTimer,
    Input,
    StartInstance,
)
from service.model.values import Value, from_json

MAX_VARIABLES = 4096


@dataclass(frozen=True)
class Step:
    """The result of an input: the new state, and the events in the order in which they happened."""

    state: bytes
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
    now = now.astimezone(UTC)
    counter = codec.header(state)["counter"] if state else 0
    with determinism.step(instance_key, counter, now) as clock:
        moment = Moment(definition, facts, now)
        try:
            loaded = _begin(moment, input_) if state is None else _resume(moment, state)
            moment.attach(loaded)
            _APPLY[type(input_)](moment, input_)
            _run(moment)
        except SpiffWorkflowException as wrong:
            raise Refused(f"流程走不下去：{wrong}。请与流程管理人员联系。") from wrong
        loaded.counter = clock.counter
        _close(moment)
        compact(loaded.workflow)
        return Step(codec.dump(loaded), tuple(moment.events))


def _begin(moment: Moment, input_: Input) -> codec.Loaded:
    if not isinstance(input_, StartInstance):
        raise BadInput("流程尚未开始。")
    if input_.process_id not in moment.definition.processes:
        raise BadInput(f"没有流程 {input_.process_id}。")
    spec, subs = moment.definition.specs[input_.process_id]
    workflow = FlatWorkflow(spec, subs, script_engine=moment)
    return codec.Loaded(input_.process_id, workflow, variables=dict(input_.variables))


def _resume(moment: Moment, state: bytes) -> codec.Loaded:
    loaded = codec.load(state, moment.definition.specs.__getitem__, moment)
    if loaded.ended:
        raise Conflict("流程已经办结，不能再办理。")
    return loaded


def _start(moment: Moment, input_: StartInstance) -> None:
    _limited(input_.variables)
    moment.events.append(InstanceStarted(input_.process_id))
    moment.store(moment.definition.processes[input_.process_id].start, input_.variables)


def _open(moment: Moment, task_key: str, states: int) -> tuple[Any, Element]:
    try:
        task = moment.loaded.workflow.find(UUID(task_key))
    except ValueError:
        task = None
    element = moment.definition.element_of(task) if task else None
    if task is None or element is None or not task._state & states:
        raise Conflict("这项任务已经办结或已取消，请刷新待办。")
    return task, element


def _complete(moment: Moment, input_: CompleteTask | CompleteService) -> None:
    task, element = _open(moment, input_.task_key, READY)
    wanted = "userTask" if isinstance(input_, CompleteTask) else "serviceTask"
    if element.type != wanted:
        raise BadInput("这项任务不能这样办理。")
    _limited(input_.variables)
    declared, computed = element.outputs, element.family("out")
    for name, value in input_.variables.items():
        if name in declared:
            check_output(element, declared[name], value)
        elif name not in computed:
            raise BadInput(f"{element.process_id}/{element.id} 没有声明变量 {name}。")
    moment.given[task.id] = dict(input_.variables)
    task.run()


def _limited(variables: Mapping[str, Value]) -> None:
    if sum(len(str(k)) + len(str(v).encode()) for k, v in variables.items()) > MAX_VARIABLES:
        raise BadInput("一步所设的变量超过 4 KB，请把内容留在表单里。")


def _fire(moment: Moment, input_: FireTimer) -> None:
    task, element = _open(moment, input_.task_key, WAITING)
    if (
        element.event != "timer"
        or task.internal_data.get("due") != input_.due.astimezone(UTC).isoformat()
    ):
        raise Conflict("定时器已改期或已取消。")
    _wake(moment, task)


def _wake(moment: Moment, task: Any) -> None:
    element = moment.definition.element_of(task)
    assert element
    process = moment.definition.processes[element.process_id]
    sources = {process.elements[process.flows[f].source].type for f in element.incoming}
    if "eventBasedGateway" in sources:
        for other in [t for t in task.parent.children if t is not task and t._state == WAITING]:
            other.cancel()
    task.internal_data["event_fired"] = True
    task.task_spec._update(task)


def _deliver(moment: Moment, input_: DeliverMessage | DeliverSignal) -> None:
    kind = "message" if isinstance(input_, DeliverMessage) else "signal"
    woken = [
        (task, element)
        for task in moment.loaded.workflow.all_tasks()
        if task._state == WAITING
        for element in [moment.definition.element_of(task)]
        if element and element.event == kind and element.event_name == input_.name
    ]
    if not woken:
        raise Refused(f"没有流程在等待 {input_.name}。")
    payload = input_.payload if isinstance(input_, DeliverMessage) else {}
    _limited(payload)
    for task, element in woken:
        if task._state != WAITING:
            continue  # an earlier one has interrupted it
        for name, value in payload.items():
            if name in element.outputs:
                check_output(element, element.outputs[name], value)
        moment.given[task.id] = {n: v for n, v in payload.items() if n in element.outputs}
        _wake(moment, task)


def _cancel(moment: Moment, _input: CancelInstance) -> None:
    moment.loaded.workflow.cancel()
    moment.loaded.ended = True
    moment.events.append(InstanceCancelled())


_APPLY: dict[type, Any] = {
    StartInstance: _start,
    CompleteTask: _complete,
    CompleteService: _complete,
    FireTimer: _fire,
    DeliverMessage: _deliver,
    DeliverSignal: _deliver,
    CancelInstance: _cancel,
}


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
    moment.flush()
    if loaded.ended:
        return
    if loaded.workflow.completed:
        loaded.ended = True
        moment.events.append(InstanceCompleted(tuple(moment.ends)))
    elif not any(t._state & LIVE for t in loaded.workflow.all_tasks() if moment.holds_up(t)):
        raise Refused("流程停住了：没有待办，也没有等待的事件。请与流程管理人员联系。")


def task_outputs(
    definition: Definition,
    state: bytes,
    task_key: str,
    values: Mapping[str, Value],
    *,
    facts: Mapping[str, Value],
    now: datetime,
) -> dict[str, Any]:
    """Routing variables that a submission sets: declared outputs by name, then `out.*` in order."""
    element, variables = task_at(definition, state, task_key)
    member = _member(element, state, task_key)
    found: dict[str, Any] = {name: values.get(name) for name in element.outputs if name in values}
    for name, text in element.family("out").items():
        names = names_for(definition, variables, facts, {**values, **member, **found})
        found[name] = evaluate(definition, text, names, now, element)
    return found


def _row_of(state: bytes, task_key: str) -> list[Any]:
    data = codec.header(state)
    for rows in (data["top"][1], *(sub[3] for sub in data["subs"])):
        for row in rows:
            if row[0] == task_key:
                return row  # type: ignore[no-any-return]
    raise Conflict("这项任务已经办结或已取消，请刷新待办。")


def task_at(definition: Definition, state: bytes, task_key: str) -> tuple[Element, dict[str, Any]]:
    """The element of an open task, and the variables of its instance. Raises Conflict."""
    name = str(_row_of(state, task_key)[2]).removesuffix(" [child]")
    process_id, _, element_id = name.partition(".")
    return definition.element(process_id, element_id), dict(variables(state))


def _member(element: Element, state: bytes, task_key: str) -> dict[str, Any]:
    internal = _row_of(state, task_key)[6] or {}
    if element.loop and element.loop.member and "item" in internal:
        return {element.loop.member: internal["item"]}
    return {}


def variables(state: bytes) -> Mapping[str, Value]:
    """The variables of an instance."""
    return {name: from_json(v) for name, v in codec.header(state)["variables"].items()}


def awaits(definition: Definition, state: bytes, name: str) -> bool:
    """Whether something in the instance waits for a message or signal of that name."""
    data = codec.header(state)
    for rows in (data["top"][1], *(sub[3] for sub in data["subs"])):
        for row in rows:
            process_id, _, element_id = str(row[2]).partition(".")
            process = definition.processes.get(process_id)
            element = process.elements.get(element_id) if process else None
            if row[3] == WAITING and element and element.event_name == name:
                return True
    return False


def state_digest(state: bytes) -> str:
    """SHA-256 of a state, in hexadecimal."""
    return hashlib.sha256(state).hexdigest()
