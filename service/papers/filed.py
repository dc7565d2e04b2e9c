"""A submission as the record holds it: which form, in which step, by whom, when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from service.forms import Form


@dataclass(frozen=True, eq=False)
class Filed:
    """`task` is `process/element`; `within` the process of the instance; `form` as it was then; `step`
    the name of the task; `options`: lists that the form's choices take from its surroundings;
    `groups`: names of groups by id.
    """

    seq: int
    at: datetime
    task: str
    within: str
    instance_key: str
    step: str
    form: Form
    values: Mapping[str, Any]
    digest: str
    actor: Mapping[str, Any]
    member: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
