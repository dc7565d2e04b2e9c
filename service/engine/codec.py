"""State of an instance as bytes and back: tasks without their specs, our variables, the id counter.

Format 1: zlib over canonical JSON. The order of tasks is kept (parents before children). The digest is
over the JSON, since compressed bytes may differ from one build of zlib to another.
"""

from __future__ import annotations

import copy
import hashlib
import json
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.task import Task

from service.engine.recent import Recent
from service.engine.workflow import WAITING, FlatSubWorkflow, FlatWorkflow
from service.model.errors import BadInput
from service.model.values import canonical_json, from_json, to_json

FORMAT = 1
_headers: Recent[dict[str, Any]] = Recent(256)


@dataclass
class Loaded:
    """A live instance: SpiffWorkflow's part and ours."""

    process_id: str
    workflow: FlatWorkflow
    counter: int = 0
    variables: dict[str, Any] = field(default_factory=dict)
    ended: bool = False
    clocks: dict[str, tuple[int, bool]] = field(default_factory=dict)


def _head(workflow: Any) -> list[Any]:
    last = workflow.last_task
    return [last.id if last else None, workflow.success, workflow.completed, workflow.task_tree.id]


def _row(task: Any) -> list[Any]:
    return [
        task.id,
        task._parent,
        task.task_spec.name,
        task._state,
        _microseconds(task.last_state_change),
        task.triggered,
        _exact(task.internal_data) if task.internal_data else None,
    ]


def dump(loaded: Loaded) -> tuple[bytes, str]:
    """The state as bytes, and its digest; equal states have equal digests."""
    workflow = loaded.workflow
    subs = [
        [key, sub.spec.name, _head(sub), [_row(t) for t in sub.tasks.values()]]
        for key, sub in workflow.subprocesses.items()
    ]
    data = {
        "format": FORMAT,
        "process": loaded.process_id,
        "counter": loaded.counter,
        "variables": to_json(loaded.variables)["map"],
        **({"clocks": dict(loaded.clocks)} if loaded.clocks else {}),
        "ended": loaded.ended,
        "top": [_head(workflow), [_row(t) for t in workflow.tasks.values()]],
        "subs": subs,
    }
    raw = canonical_json(data)
    state = zlib.compress(raw, 1)
    _headers.keep(state, data)
    return state, hashlib.sha256(raw).hexdigest()


def digest(state: bytes) -> str:
    """The digest of a state. Raises BadInput when the bytes are not a state."""
    return hashlib.sha256(_raw(state)).hexdigest()


def _microseconds(at: float) -> dict[str, int]:
    """A time in whole microseconds, so that JSON holds it exactly."""
    return {"us": round(at * 1_000_000)}


def _exact(data: Any) -> Any:
    if isinstance(data, float):
        return _microseconds(data)
    if isinstance(data, dict):
        return {k: _exact(v) for k, v in data.items()}
    if isinstance(data, list | tuple):
        return [_exact(v) for v in data]
    return data


def _raw(state: bytes) -> bytes:
    try:
        return zlib.decompress(state)
    except zlib.error as wrong:
        raise BadInput("流程状态已损坏，请用事件日志重建。") from wrong


def header(state: bytes) -> dict[str, Any]:
    """The stored JSON, not to be changed: one step asks several times.

    Raises BadInput when the bytes are not a state of this format.
    """
    known = _headers.find(state)
    if known is not None:
        return known
    try:
        data = json.loads(_raw(state))
    except ValueError as wrong:
        raise BadInput("流程状态已损坏，请用事件日志重建。") from wrong
    if data.get("format") != FORMAT:
        raise BadInput("流程状态的格式版本不符，请用事件日志重建。")
    _headers.keep(state, data)
    return data  # type: ignore[no-any-return]


def forget() -> None:
    """Drop what is remembered of states."""
    _headers.forget()


def load(state: bytes, specs: Callable[[str], Any], engine: Any) -> Loaded:
    """The live instance of a state; `specs(process_id)` gives (spec, sub-process specs)."""
    data = header(state)
    spec, subspecs = specs(data["process"])
    workflow = FlatWorkflow(spec, subspecs, script_engine=engine, deserializing=True)
    _fill(workflow, workflow, *data["top"])
    for key, name, head, rows in data["subs"]:
        task = workflow.find(key)
        assert task is not None
        sub = FlatSubWorkflow(subspecs[name], task.id, workflow, deserializing=True)
        workflow.subprocesses[task.id] = sub
        _fill(workflow, sub, head, rows)
        sub.completed_event.connect(task.task_spec._on_subworkflow_completed, task)
    _rewire(spec, *subspecs.values())
    return Loaded(
        data["process"],
        workflow,
        data["counter"],
        {k: from_json(v) for k, v in data["variables"].items()},
        data["ended"],
        {key: (left, goes_on) for key, (left, goes_on) in data.get("clocks", {}).items()},
    )


def _fill(top: FlatWorkflow, workflow: Any, head: list[Any], rows: list[list[Any]]) -> None:
    for key, parent, name, state, changed, triggered, internal in rows:
        task = Task.__new__(Task)
        task.id, task.workflow, task.task_spec = key, workflow, workflow.spec.task_specs[name]
        task._parent, task._children = parent, []
        task._state, task.triggered, task.thread_id = state, triggered, 0
        task.last_state_change = changed["us"] / 1_000_000
        task.internal_data, task.data = copy.deepcopy(internal) if internal else {}, {}
        workflow.tasks[task.id] = task
        if task._parent in workflow.tasks:
            workflow.tasks[task._parent]._children.append(task.id)
        if state == WAITING and isinstance(task.task_spec, CatchingEvent):
            top.event_manager.add_task(task)
    last, workflow.success, workflow.completed, root = head
    workflow.task_tree = workflow.tasks[root]
    workflow.last_task = workflow.tasks.get(last)


def _rewire(*specs: Any) -> None:
    """Children of a multi-instance tell their parent when they are done; that link is not stored."""
    for spec in specs:
        for task_spec in list(spec.task_specs.values()):
            if isinstance(task_spec, LoopTask):
                child = spec.task_specs[task_spec.task_spec]
                if not child.completed_event.is_connected(task_spec.merge_child):
                    child.completed_event.connect(task_spec.merge_child)
