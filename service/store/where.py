"""The act whose events are carried into rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Where:
    """Instance, project, time, person. `facts`: those of the project, kept up to date by projections."""

    instance_key: str
    project_key: str | None
    at: datetime
    account_key: str
    account_name: str
    principal_key: str | None = None  # the person for whom it was done
    facts: dict[str, Any] = field(default_factory=dict)
