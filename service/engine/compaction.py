"""Forget finished tasks at points where one token is left, so that state does not grow with history.

The log keeps what happened; SpiffWorkflow only needs what can still go on. A workflow with exactly one
unfinished branch is hung anew under its root. Where several branches are open nothing is forgotten.
"""

from __future__ import annotations

from typing import Any

from service.engine.workflow import COMPLETED, FlatWorkflow


def compact(workflow: FlatWorkflow) -> None:
    """Drop the finished prefix of the instance and of each running sub-process."""
    for part in workflow.all_workflows():
        if not part.completed:
            _compact(part)
    alive = {task.id for task in workflow.all_tasks()}
    while gone := [key for key in workflow.subprocesses if key not in alive]:
        for key in gone:
            del workflow.subprocesses[key]
        alive = {task.id for task in workflow.all_tasks()}


def _compact(part: Any) -> None:
    root = part.task_tree
    heads = [
        task
        for task in part.tasks.values()
        if task._state < COMPLETED
        and (task._parent not in part.tasks or part.tasks[task._parent]._state >= COMPLETED)
    ]
    if len(heads) != 1 or heads[0] is root or heads[0]._parent == root.id:
        return
    head = heads[0]
    keep = {root.id}
    pending = [head]
    while pending:
        task = pending.pop()
        keep.add(task.id)
        pending += [part.tasks[child] for child in task._children if child in part.tasks]
    for key in [key for key in part.tasks if key not in keep]:
        del part.tasks[key]
    root._children = [head.id]
    head._parent = root.id
    part.last_task = root
