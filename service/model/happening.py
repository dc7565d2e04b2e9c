"""Something that happened at an element of a diagram, as process mining wants it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Happening:
    """`stage` is a transition of the XES lifecycle: schedule, complete or ate_abort.

    `project` is the project's number, empty outside projects; `person` and `unit` did it, empty when the
    service did; `task_key` ties together what happened to one task; `seq` is the number of the log's event.
    """

    seq: int
    at: datetime
    project: str
    instance_key: str
    process_id: str
    process_name: str
    element_id: str
    element_name: str
    element_type: str
    stage: str
    person: str
    unit: str
    task_key: str
