"""Same input, same ids and times: SpiffWorkflow's clock and random ids are replaced once, at import.

A step runs inside `step(…)`, which says what time it is and counts ids; outside a step any read of
the clock or an id is an error of ours and raises.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import SpiffWorkflow.task as task_module
from SpiffWorkflow.bpmn.specs.event_definitions import timer as timer_module

NAMESPACE = uuid.UUID("6f1d6f4e-6b1c-5d2e-9a53-0f1a3c5b7d90")


@dataclass
class Step:
    """Time of the input, and the counter of ids of an instance."""

    instance: uuid.UUID
    counter: int
    now: datetime


_current: ContextVar[Step] = ContextVar("step")


class _Time:
    """What SpiffWorkflow reads as the module `time`."""

    @staticmethod
    def time() -> float:
        return _current.get().now.timestamp()


class _DateTime(datetime):
    """What SpiffWorkflow reads as the class `datetime`."""

    @classmethod
    def now(cls, tz: Any = None) -> _DateTime:
        return cls.fromtimestamp(_current.get().now.timestamp(), tz)


def _next_id() -> uuid.UUID:
    step = _current.get()
    step.counter += 1
    return uuid.uuid5(step.instance, str(step.counter))


task_module.uuid4 = _next_id
task_module.time = _Time
timer_module.datetime = _DateTime


@contextmanager
def step(instance_key: str, counter: int, now: datetime) -> Iterator[Step]:
    """Run SpiffWorkflow at `now`; the yielded Step holds the counter afterwards."""
    made = Step(uuid.uuid5(NAMESPACE, instance_key), counter, now)
    token = _current.set(made)
    try:
        yield made
    finally:
        _current.reset(token)
