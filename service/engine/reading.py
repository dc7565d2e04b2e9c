"""What can be asked of an instance at rest: its variables, a task's gate and outputs, what it waits for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from service.engine import codec
from service.engine.context import evaluate, names_for
from service.engine.definition import Definition
from service.engine.elements import Element
from service.engine.filled import Filled
from service.engine.workflow import WAITING
from service.model.errors import Conflict
from service.model.values import Value, from_json


def task_outputs(task: Filled) -> dict[str, Any]:
    """Routing variables that a submission sets: declared outputs by name, then `out.*` in order."""
    definition, values = task.definition, task.values
    element, variables = task_at(definition, task.state, task.task_key)
    member = _member(element, task.state, task.task_key)
    found: dict[str, Any] = {name: values.get(name) for name in element.outputs if name in values}
    for name, text in element.family("out").items():
        names = names_for(definition, variables, task.facts, {**values, **member, **found})
        found[name] = evaluate(definition, text, names, task.now, element)
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
    return codec.digest(state)
