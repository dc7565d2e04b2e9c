"""What comes next by the diagram: after a submission, on the expected way, on any way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from service.engine.context import evaluate
from service.engine.definition import Definition
from service.engine.elements import Element, Flow, Process
from service.engine.runtime import advance
from service.feel import parse
from service.feel.host import HOST_NAMES
from service.model.errors import Refused
from service.model.events import Event
from service.model.inputs import CompleteTask
from service.model.values import Value

MAX_TASKS = 6
MAX_NODES = 400


def next_tasks(
    definition: Definition,
    state: bytes,
    task: CompleteTask,
    *,
    instance_key: str,
    facts: Mapping[str, Value],
    now: datetime,
) -> tuple[Event, ...] | None:
    """The events that completing a task would have now; None when it would be refused.

    Nothing is kept: `advance` is pure. Messages to other instances are not followed.
    """
    try:
        step = advance(definition, state, task, instance_key=instance_key, now=now, facts=facts)
    except Refused:
        return None
    return step.events


def expected_path(
    definition: Definition,
    process_id: str,
    starts: Iterable[str],
    names: Mapping[str, Any],
    now: datetime,
) -> list[Element]:
    """Elements after `starts` on the way that the project is expected to take, in order.

    At a question the branch whose condition holds by what is known (`names`); while that is not known
    the first branch, which is the normal one (drawing style). Parallel branches are all followed.
    """
    process = definition.processes[process_id]
    found: dict[str, Element] = {}
    pending = list(starts)
    seen = set(pending)
    while pending and len(seen) < MAX_NODES:
        element = process.elements[pending.pop(0)]
        for flow in _expected(definition, process, element, names, now):
            if flow.target not in seen:
                seen.add(flow.target)
                pending.append(flow.target)
                found[flow.target] = process.elements[flow.target]
    return list(found.values())


def _expected(
    definition: Definition,
    process: Process,
    element: Element,
    names: Mapping[str, Any],
    now: datetime,
) -> list[Flow]:
    flows = [process.flows[ref] for ref in element.outgoing]
    if element.type not in ("exclusiveGateway", "inclusiveGateway", "eventBasedGateway"):
        return flows
    open_ = []
    for flow in flows:
        verdict = _verdict(definition, element, flow, names, now)
        if verdict is True:
            return [flow]
        if verdict is None:
            open_.append(flow)
    return (open_ or flows)[:1]


def _verdict(
    definition: Definition, element: Element, flow: Flow, names: Mapping[str, Any], now: datetime
) -> bool | None:
    """Whether a flow will be taken; None when that is not known yet."""
    if not flow.condition:
        return None
    needed = parse(flow.condition, names=HOST_NAMES).free_names - set(HOST_NAMES)
    if any(names.get(name) is None for name in needed):
        return None
    return evaluate(definition, flow.condition, names, now, element) is True


def possible_next(definition: Definition, process_id: str, element_id: str) -> list[Element]:
    """User tasks that may come next on any way, the nearest first, at most `MAX_TASKS`.

    Goes into called processes, and at the end of one on in those that call it.
    """
    found: dict[tuple[str, str], Element] = {}
    pending = [(process_id, element_id)]
    seen = set(pending)
    while pending and len(found) < MAX_TASKS and len(seen) < MAX_NODES:
        for place in _after(definition, *pending.pop(0)):
            if place in seen:
                continue
            seen.add(place)
            element = definition.processes[place[0]].elements[place[1]]
            if element.type == "userTask":
                found[place] = element
            else:
                pending.append(place)
    return list(found.values())[:MAX_TASKS]


def _after(definition: Definition, process_id: str, element_id: str) -> Iterator[tuple[str, str]]:
    process = definition.processes[process_id]
    element = process.elements[element_id]
    if element.called:
        start = definition.processes[element.called].start
        yield element.called, start.id
        return
    for ref in element.outgoing:
        yield process_id, process.flows[ref].target
    if element.type == "endEvent":
        for caller in definition.processes.values():
            for call in caller.elements.values():
                if call.called == process_id:
                    yield from ((caller.id, caller.flows[ref].target) for ref in call.outgoing)
