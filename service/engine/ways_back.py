"""Which completed tasks of an instance can be opened again, and what each return would undo and close."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from service.engine import codec
from service.engine.elements import Element
from service.engine.past import Past, counting
from service.engine.rerun import carried_again, completes, without
from service.engine.workflow import READY
from service.model.errors import Refused


@dataclass(frozen=True)
class WayBack:
    """A completed task that can be opened again. `member`: of a multi-instance, whose it was.

    `undone`: numbers of the inputs that would no longer count, this completion first; `open`: keys of
    the tasks that would be open.
    """

    task_key: str
    element: Element
    member: str | None
    at: datetime
    undone: tuple[int, ...]
    open: frozenset[str]


def ways_back(past: Sequence[Past], instance_key: str) -> list[WayBack]:
    """The last completion of each task that still counts, oldest first, unless the diagram says that what
    was done since stands (`return` = no), or the return would be refused."""
    inputs = counting(past)
    wanted = {_place(past, p): i for i, p in enumerate(inputs) if completes(p.input)}
    found, loaded = [], None
    for i, p in enumerate(inputs):
        if i in wanted.values():
            assert loaded is not None
            way = _way(past, inputs[i:], codec.dump(loaded)[0], instance_key)
            if way is not None:
                found.append(way)
        loaded = carried_again(p, loaded, instance_key)
    return found


def _way(
    past: Sequence[Past], since: Sequence[Past], state: bytes, instance_key: str
) -> WayBack | None:
    first = since[0]
    try:
        loaded = codec.load(state, first.definition.specs.__getitem__, None)
        rerun = without(loaded, since, instance_key)
    except Refused:
        return None
    undone = set(rerun.undone)
    if any(_element(p).stands for p in since if p.seq in undone and completes(p.input)):
        return None
    open_ = frozenset(
        t.id for t in rerun.loaded.workflow.all_tasks() if t._state == READY and t.task_spec.manual
    )
    key = str(completes(first.input))
    return WayBack(key, _element(first), _place(past, first)[2], first.at, rerun.undone, open_)


def _element(p: Past) -> Element:
    """Of the user task that an input has completed."""
    fields = next(
        f
        for name, f in p.effects
        if name == "UserTaskCompleted" and f["task_key"] == completes(p.input)
    )
    return p.definition.element(fields["process_id"], fields["element_id"])


def _place(past: Sequence[Past], p: Past) -> tuple[str, str, str | None]:
    """Process, element and member of the task that an input has completed."""
    element = _element(p)
    member = next(
        (
            fields["member"]
            for q in past
            for name, fields in q.effects
            if name == "UserTaskCreated" and fields["task_key"] == completes(p.input)
        ),
        None,
    )
    return element.process_id, element.id, member
