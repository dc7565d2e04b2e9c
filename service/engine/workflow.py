"""SpiffWorkflow's workflow with flat scans, and a listener that hears every change of state.

Its tree iterator stops at depth 1000 and is walked after every completion; all scans here go over
the flat dictionaries of tasks instead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import SpiffWorkflow.task as task_module
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

WAITING, READY, STARTED = TaskState.WAITING, TaskState.READY, TaskState.STARTED
COMPLETED, CANCELLED = TaskState.COMPLETED, TaskState.CANCELLED
LIVE = WAITING | READY | STARTED
Listener = Callable[[Any, int], None]


def _set_state(self: Any, value: int) -> None:
    """As upstream without its log line, whose text alone costs more than the rest; tells the listener."""
    if value == self._state:
        return
    self.last_state_change = task_module.time.time()
    self._state = value
    listener = self.workflow.top_workflow.listener
    if listener is not None:
        listener(self, value)


Task._set_state = _set_state
Task.collect_log_extras = lambda self, extra=None: extra or {}


class _Flat:
    """Scans over the flat dictionary of tasks."""

    tasks: dict[Any, Any]
    completed: bool

    def update_waiting_tasks(self) -> None:
        """Let every waiting task look whether it may go on."""
        top = self.top_workflow  # type: ignore[attr-defined]
        for workflow in top.all_workflows():
            if not workflow.completed:
                for task in [t for t in workflow.tasks.values() if t._state == WAITING]:
                    task.task_spec._update(task)


class FlatSubWorkflow(_Flat, BpmnSubWorkflow):
    """A called or embedded process."""


class FlatWorkflow(_Flat, BpmnWorkflow):
    """The whole instance. `listener(task, state)` is called on each change of state."""

    listener: Listener | None = None

    def create_subprocess(self, my_task: Any, spec_name: str) -> Any:
        """As upstream, with flat scans below too."""
        made = FlatSubWorkflow(
            self.subprocess_specs[spec_name], parent_task_id=my_task.id, top_workflow=self
        )
        self.subprocesses[my_task.id] = made
        return made

    def all_workflows(self) -> list[Any]:
        """This workflow and all below it."""
        return [self, *self.subprocesses.values()]

    def all_tasks(self) -> Iterator[Any]:
        """Every task of the instance."""
        for workflow in self.all_workflows():
            yield from list(workflow.tasks.values())

    def find(self, task_id: Any) -> Any | None:
        """A task by id, or None."""
        for workflow in self.all_workflows():
            if task_id in workflow.tasks:
                return workflow.tasks[task_id]
        return None

    def run_ready(self, may_run: Callable[[Any], bool], count: Callable[[], None]) -> None:
        """Run all that needs no person, deepest processes first, until nothing is ready."""
        while True:
            ran = False
            for workflow in sorted(self.subprocesses.values(), key=lambda w: w.depth, reverse=True):
                ran |= self._run(workflow, may_run, count)
            ran |= self._run(self, may_run, count)
            if not ran:
                return

    def _run(
        self, workflow: Any, may_run: Callable[[Any], bool], count: Callable[[], None]
    ) -> bool:
        ran = False
        if workflow.completed and workflow is not self:
            return False
        for task in [t for t in workflow.tasks.values() if t._state == READY]:
            if task._state == READY and may_run(task):
                count()
                task.run()
                ran = True
        return ran
