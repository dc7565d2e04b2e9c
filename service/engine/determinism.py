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
from hashlib import sha1
from typing import Any

import SpiffWorkflow.task as task_module
from SpiffWorkflow.bpmn.specs.event_definitions import timer as timer_module

NAMESPACE = uuid.UUID("6f1d6f4e-6b1c-5d2e-9a53-0f1a3c5b7d90")


@dataclass
class Step:
    """Time of the input; what the ids of an instance are made from, and how many there are."""

    seed: bytes
    counter: int
    seconds: float


_current: ContextVar[Step] = ContextVar("step")


class _Time:
    """What SpiffWorkflow reads as the module `time`."""

    @staticmethod
    def time() -> float:
        return _current.get().seconds


class _DateTime(datetime):
    """What SpiffWorkflow reads as the class `datetime`."""

    @classmethod
    def now(cls, tz: Any = None) -> _DateTime:
        return cls.fromtimestamp(_current.get().seconds, tz)


def next_id() -> str:
    """The next id as the text of a UUID (version 5); text, since its hash costs nothing."""
    step = _current.get()
    step.counter += 1
    raw = bytearray(sha1(step.seed + b"%d" % step.counter, usedforsecurity=False).digest()[:16])
    raw[6] = raw[6] & 0x0F | 0x50
    raw[8] = raw[8] & 0x3F | 0x80
    text = raw.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


task_module.uuid4 = next_id
task_module.time = _Time
timer_module.datetime = _DateTime


@contextmanager
def step(instance_key: str, counter: int, now: datetime) -> Iterator[Step]:
    """Run SpiffWorkflow at `now`; the yielded Step holds the counter afterwards."""
    made = Step(uuid.uuid5(NAMESPACE, instance_key).bytes, counter, now.timestamp())
    token = _current.set(made)
    try:
        yield made
    finally:
        _current.reset(token)
