"""An open task with what is typed into its form so far: what its gate and its outputs are asked about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from service.engine.definition import Definition
from service.model.values import Value


@dataclass(frozen=True)
class Filled:
    """`state` of the instance and `task_key` in it; `values` by key of the form, typed, missing ones null.

    `facts` of the project; `now` with its zone.
    """

    definition: Definition
    state: bytes
    task_key: str
    values: Mapping[str, Value]
    facts: Mapping[str, Value]
    now: datetime
