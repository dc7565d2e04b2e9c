"""A notice as people read it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class NoticeRow:
    """A notice: what it says, about which task of which project, and whether the person has read it."""

    notice_key: str
    at: datetime
    words: str
    step: str
    process: str
    project_key: str | None
    project_name: str
    due_at: datetime | None
    task_key: str | None
    mine: bool
    open: bool
    read: bool
