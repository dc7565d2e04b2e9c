"""What each kind of input does to a live instance."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC
from typing import Any

from service.engine.context import check_output
from service.engine.decide import decide, reasons_of
from service.engine.elements import Element
from service.engine.moment import Moment
from service.engine.workflow import READY, WAITING
from service.model.errors import BadInput, Conflict, Refused
from service.model.events import FactsSet, InstanceCancelled, InstanceStarted
from service.model.inputs import (
    CancelInstance,
    CompleteService,
    CompleteTask,
    DeliverMessage,
    DeliverSignal,
    FireTimer,
    Input,
    RearmTimers,
    StartInstance,
)
from service.model.values import Value

MAX_VARIABLES = 4096


def apply(moment: Moment, input_: Input) -> None:
    """Give an input to the instance of a moment. Raises Conflict, BadInput or Refused."""
    _APPLY[type(input_)](moment, input_)


def _start(moment: Moment, input_: StartInstance) -> None:
    _limited(input_.variables)
    start = moment.definition.processes[input_.process_id].start
    _admitted(moment, start, input_.variables)
    moment.events.append(InstanceStarted(input_.process_id))
    moment.store(start, input_.variables)


def _admitted(moment: Moment, start: Element, variables: Mapping[str, Value]) -> None:
    """The gate of the start event, where it has one: what may not begin is refused with its clauses."""
    gate = start.properties.get("gate")
    if not gate:
        return
    names = moment.names(variables)
    reasons = reasons_of(decide(moment.definition, start, gate, names, moment.now))
    if reasons:
        raise Refused("不予受理：" + "；".join(r.text for r in reasons), reasons=reasons)


def _open(moment: Moment, task_key: str, states: int) -> tuple[Any, Element]:
    task = moment.loaded.workflow.find(task_key)
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


def _facts_changed(moment: Moment, input_: RearmTimers) -> None:
    moment.told = frozenset(input_.names)


def _cancel(moment: Moment, input_: CancelInstance) -> None:
    moment.loaded.workflow.cancel()
    moment.loaded.ended = True
    if input_.facts:
        moment.facts.update(input_.facts)
        moment.events.append(FactsSet(dict(input_.facts)))
    moment.events.append(InstanceCancelled())


_APPLY: dict[type, Callable[[Moment, Any], None]] = {
    StartInstance: _start,
    CompleteTask: _complete,
    CompleteService: _complete,
    FireTimer: _fire,
    DeliverMessage: _deliver,
    DeliverSignal: _deliver,
    RearmTimers: _facts_changed,
    CancelInstance: _cancel,
}
