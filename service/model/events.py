"""Events of the engine: what a step did. Projections (inbox, timers, facts) are made from these alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from service.model.values import Value


@dataclass(frozen=True)
class InstanceStarted:
    process_id: str


@dataclass(frozen=True)
class ElementEntered:
    """An element (event, gateway, task, call) of `process_id` has received the token."""

    task_key: str
    process_id: str
    element_id: str


@dataclass(frozen=True)
class ElementLeft:
    """The element is completed; `flows` are the sequence flows taken."""

    task_key: str
    process_id: str
    element_id: str
    flows: tuple[str, ...] = ()


@dataclass(frozen=True)
class ElementCancelled:
    task_key: str
    process_id: str
    element_id: str


@dataclass(frozen=True)
class UserTaskCreated:
    """A user task is open for `group_id`; `member` names the member of a multi-instance.

    `unit` is the unit whose group it is, where the diagram says so; else the project's.
    """

    task_key: str
    process_id: str
    element_id: str
    group_id: str
    member: str | None = None
    due: datetime | None = None
    unit: str | None = None


@dataclass(frozen=True)
class UserTaskReserved:
    """The task just created is for one person only, named by login."""

    task_key: str
    process_id: str
    element_id: str
    person: str


@dataclass(frozen=True)
class UserTaskRescheduled:
    """What the task's time limit reads has changed: it should be done by another time."""

    task_key: str
    process_id: str
    element_id: str
    due: datetime


@dataclass(frozen=True)
class UserTaskCompleted:
    task_key: str
    process_id: str
    element_id: str


@dataclass(frozen=True)
class UserTaskCancelled:
    task_key: str
    process_id: str
    element_id: str


@dataclass(frozen=True)
class ServiceTaskRequested:
    """A service task waits for its operator; the caller answers with CompleteService."""

    task_key: str
    process_id: str
    element_id: str
    operator: str
    parameters: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class DecisionEvaluated:
    """A decision was evaluated: its inputs, the rules that fired and what came out."""

    task_key: str
    element_id: str
    decision_id: str
    inputs: Mapping[str, Value]
    rules: tuple[str, ...]
    result: object


@dataclass(frozen=True)
class TimerScheduled:
    task_key: str
    process_id: str
    element_id: str
    due: datetime


@dataclass(frozen=True)
class TimerRescheduled:
    """A variable that the timer reads has changed: it is due at another time."""

    task_key: str
    process_id: str
    element_id: str
    due: datetime


@dataclass(frozen=True)
class TimerEnded:
    """The timer has fired or is no longer needed."""

    task_key: str
    element_id: str
    fired: bool


@dataclass(frozen=True)
class MessageAwaited:
    task_key: str
    process_id: str
    element_id: str
    name: str


@dataclass(frozen=True)
class MessageAwaitEnded:
    task_key: str
    element_id: str
    name: str
    received: bool


@dataclass(frozen=True)
class MessageThrown:
    element_id: str
    name: str
    payload: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class SignalThrown:
    element_id: str
    name: str


@dataclass(frozen=True)
class VariablesSet:
    """Variables of the instance with their new values."""

    variables: Mapping[str, Value]


@dataclass(frozen=True)
class FactsSet:
    """Facts of the project (`project_*`) with their new values."""

    facts: Mapping[str, Value]


@dataclass(frozen=True)
class ParticipantAssigned:
    """From now on `group_id` of this project means `unit_id`."""

    group_id: str
    unit_id: str


@dataclass(frozen=True)
class InstanceMigrated:
    """The instance is under another version now; `kept` are the keys of what was open and stays open."""

    kept: tuple[str, ...]


@dataclass(frozen=True)
class InstanceReturned:
    """The completed task is open again; `undone` are the numbers of the instance's inputs that no longer count.

    `reopened` maps keys that had been given already, to what is open again (tasks, timers, awaited
    messages) and to what lies ahead, to new ones.
    """

    task_key: str
    process_id: str
    element_id: str
    undone: tuple[int, ...]
    reopened: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class InstanceCompleted:
    """The instance has ended at these end events of its own process."""

    end_element_ids: tuple[str, ...]


@dataclass(frozen=True)
class InstanceCancelled:
    pass


Event = (
    InstanceStarted
    | ElementEntered
    | ElementLeft
    | ElementCancelled
    | UserTaskCreated
    | UserTaskReserved
    | UserTaskCompleted
    | UserTaskCancelled
    | ServiceTaskRequested
    | DecisionEvaluated
    | TimerScheduled
    | TimerRescheduled
    | UserTaskRescheduled
    | TimerEnded
    | MessageAwaited
    | MessageAwaitEnded
    | MessageThrown
    | SignalThrown
    | VariablesSet
    | FactsSet
    | ParticipantAssigned
    | InstanceReturned
    | InstanceMigrated
    | InstanceCompleted
    | InstanceCancelled
)
