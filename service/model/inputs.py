"""Inputs of the engine: all that can happen to a process instance. Data only, complete and replayable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from service.model.values import Value


@dataclass(frozen=True)
class StartInstance:
    """Begin `process_id` (at its none start event, or at the one of `message`)."""

    process_id: str
    variables: Mapping[str, Value] = field(default_factory=dict)
    message: str | None = None


@dataclass(frozen=True)
class CompleteTask:
    """A user task is done; `variables` are the routing variables that it sets (never the whole form)."""

    task_key: str
    variables: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class CompleteService:
    """A service task's operator has answered with `variables`."""

    task_key: str
    variables: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class FireTimer:
    """The timer of `task_key`, due at `due`, has come."""

    task_key: str
    due: datetime


@dataclass(frozen=True)
class DeliverMessage:
    """A message of the project reaches this instance."""

    name: str
    payload: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class DeliverSignal:
    """A signal of the project reaches this instance."""

    name: str


@dataclass(frozen=True)
class RearmTimers:
    """Facts of the project with these names have changed elsewhere: timers that read them may move."""

    names: tuple[str, ...]


@dataclass(frozen=True)
class ReturnTo:
    """The completed user task `task_key` is to be done again; nothing that followed from it counts any more.

    `facts` are those that only what is undone had set, with the values that they had before.
    """

    task_key: str
    facts: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class MigrateInstance:
    """The instance goes on under another version of the diagrams; `was` is the digest of the one that it leaves."""

    was: str


@dataclass(frozen=True)
class CancelInstance:
    """The instance ends at once; its open tasks are cancelled, and the project gets these facts."""

    facts: Mapping[str, Value] = field(default_factory=dict)


Input = (
    StartInstance
    | CompleteTask
    | CompleteService
    | FireTimer
    | DeliverMessage
    | DeliverSignal
    | RearmTimers
    | ReturnTo
    | MigrateInstance
    | CancelInstance
)
