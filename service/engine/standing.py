"""What stands open in an instance, and opening it again under another key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from service.engine import codec
from service.engine.elements import Element
from service.engine.kinds import catches
from service.engine.moment import Moment
from service.engine.workflow import READY, STARTED, WAITING


def standing(loaded: codec.Loaded, moment: Moment) -> dict[str, tuple[Any, Element]]:
    """What is open, by key: tasks, requests, timers, awaited messages first, then what is around them."""
    leaves, frames = {}, {}
    for task in loaded.workflow.all_tasks():
        element = moment.definition.element_of(task)
        if element is None:
            continue
        if task._state == STARTED:
            frames[task.id] = (task, element)
        elif (task._state == READY and task.task_spec.manual) or (
            task._state == WAITING and catches(element)
        ):
            leaves[task.id] = (task, element)
    return {**leaves, **frames}


def reopen(
    moment: Moment, opened: Mapping[str, tuple[Any, Element]], keys: Mapping[str, str]
) -> None:
    for key in opened:
        moment.entered.discard(key)
    for key, renewed in keys.items():
        task = moment.loaded.workflow.find(key)
        if task is not None:
            rename(task, renewed)
            task.internal_data.pop("due", None)
            task.internal_data.pop("armed", None)
    for task, element in opened.values():
        if task._state == STARTED:
            moment.enter(task, element)
        else:
            moment.live(task, element, task._state)


def rename(task: Any, key: str) -> None:
    """Give a task without children that count another key."""
    part, old = task.workflow, task.id
    part.tasks = {key if k == old else k: t for k, t in part.tasks.items()}
    task.id = key
    parent = part.tasks.get(task._parent)
    if parent is not None:
        parent._children = [key if c == old else c for c in parent._children]
    for child in task._children:
        part.tasks[child]._parent = key
