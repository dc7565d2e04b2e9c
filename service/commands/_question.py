"""What a service task asks its operator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from service.commands._locked import Locked
from service.model.values import Value


@dataclass(frozen=True)
class Question:
    """The asking instance, held by this transaction, and the parameters that its diagram computed."""

    connection: Connection
    source: Locked
    parameters: Mapping[str, Value]
    now: datetime

    @property
    def rows(self) -> tuple[Connection, str | None, Mapping[str, Value]]:
        """Where to read, of which project, with what parameters."""
        return self.connection, self.source.project_key, self.parameters
