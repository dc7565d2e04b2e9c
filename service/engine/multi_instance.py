"""Multi-instance over a variable of ours: counts by FEEL, clean in each round, cancelled children done."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.spiff.specs.defaults import (
    ParallelMultiInstanceTask,
    SequentialMultiInstanceTask,
)
from SpiffWorkflow.util.task import TaskState


class _OverVariable:
    """What both kinds share: members come from a variable, values never from task data."""

    data_input: Any
    cardinality: Any
    condition: Any
    task_spec: str

    def members(self, my_task: Any) -> list[Any]:
        """The members of this round."""
        engine = my_task.workflow.script_engine
        if self.data_input is not None:
            return engine.members(my_task, self.data_input.bpmn_id)  # type: ignore[no-any-return]
        return list(range(engine.count(my_task, self.cardinality)))

    def add(self, my_task: Any, index: int, member: Any) -> None:
        """One more child, for a member."""
        spec = my_task.workflow.spec.task_specs[self.task_spec]
        if not spec.completed_event.is_connected(self.merge_child):
            spec.completed_event.connect(self.merge_child)
        child = my_task._add_child(spec, TaskState.WAITING)
        child.triggered = True
        child.internal_data["key_or_index"] = index
        child.internal_data["item"] = member
        child.task_spec._update(child)

    def enough(self, my_task: Any) -> bool:
        """The completion condition, over counts and what was collected so far."""
        if self.condition is None:
            return False
        children = list(self._instances(my_task))  # type: ignore[attr-defined]
        states = [c._state for c in children]
        counts = {
            "nrOfInstances": len(children),
            "nrOfActiveInstances": sum(not s & TaskState.FINISHED_MASK for s in states),
            "nrOfCompletedInstances": states.count(TaskState.COMPLETED),
            "nrOfTerminatedInstances": states.count(TaskState.CANCELLED),
        }
        return my_task.workflow.script_engine.holds(my_task, self.condition, counts)  # type: ignore[no-any-return]

    merge_child: Any


class Parallel(_OverVariable, ParallelMultiInstanceTask):
    """All members at once."""

    def create_children(self, my_task: Any) -> None:
        """A child for each member."""
        for index, member in enumerate(self.members(my_task)):
            self.add(my_task, index, member)

    def children_complete(self, my_task: Any) -> bool:
        """All children have ended, one way or the other."""
        return all(c._state & TaskState.FINISHED_MASK for c in self._instances(my_task))

    def merge_child(self, workflow: Any, child: Any) -> None:
        """A member has finished: perhaps that is enough, perhaps he was the last."""
        my_task = child.parent
        my_task.internal_data["merged"].append(str(child.id))
        if self.enough(my_task):
            for other in self._instances(my_task):
                other.cancel()
            my_task._set_state(TaskState.READY)
        elif self.children_complete(my_task):
            my_task._set_state(TaskState.READY)


class Sequential(_OverVariable, SequentialMultiInstanceTask):
    """One member after the other."""

    def _update_hook(self, my_task: Any) -> bool | None:
        my_task._inherit_data()
        my_task.internal_data["merged"] = []
        my_task.internal_data["remaining"] = self.members(my_task)
        if not my_task.internal_data["remaining"]:
            return True
        self._next(my_task)
        my_task._set_state(TaskState.STARTED)
        return None

    def _next(self, my_task: Any) -> None:
        remaining = my_task.internal_data["remaining"]
        my_task.internal_data["remaining"] = remaining[1:]
        self.add(my_task, len(my_task.internal_data["merged"]), remaining[0])

    def merge_child(self, workflow: Any, child: Any) -> None:
        """The next member, unless that is enough."""
        my_task = child.parent
        my_task.internal_data["merged"].append(str(child.id))
        if self.enough(my_task) or not my_task.internal_data["remaining"]:
            my_task._set_state(TaskState.READY)
        else:
            self._next(my_task)
