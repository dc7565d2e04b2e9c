"""What kind of thing a task of SpiffWorkflow is to us."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask

from service.engine.elements import Element


def is_loop(task: Any) -> bool:
    """Whether a task is the frame of a multi-instance."""
    return isinstance(task.task_spec, LoopTask)


def is_member(task: Any) -> bool:
    """Whether a task is one item of a multi-instance."""
    return bool(task.task_spec.name.endswith(" [child]"))


def catches(element: Element) -> bool:
    """Whether an element waits for its event."""
    return element.type in ("intermediateCatchEvent", "boundaryEvent", "receiveTask")
