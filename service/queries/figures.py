"""How the service is doing, in numbers for operators."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, select

from service.store import tables as t


@dataclass(frozen=True)
class Figure:
    """A number with its name and what it means."""

    name: str
    help: str
    value: float


def figures(connection: Connection, *, now: datetime) -> Iterator[Figure]:
    """All figures at a moment."""
    for name, (help_, query) in _asked(now).items():
        yield Figure(f"banjie_{name}", help_, float(connection.execute(query).scalar_one() or 0))
    first = connection.execute(
        select(func.min(t.due_timer.c.due_at)).where(t.due_timer.c.due_at < now)
    ).scalar_one()
    late = (now - first).total_seconds() if first else 0.0
    yield Figure("banjie_timer_lateness_seconds", "How late the latest due timer is", late)


def _asked(now: datetime) -> dict[str, tuple[str, Select[Any]]]:
    open_ = t.task.c.status == "open"
    count = select(func.count())
    return {
        "open_tasks": ("Tasks that wait for somebody", count.select_from(t.task).where(open_)),
        "claimed_tasks": (
            "Open tasks that somebody has claimed",
            count.select_from(t.task).where(open_, t.task.c.assignee.is_not(None)),
        ),
        "overdue_tasks": (
            "Open tasks whose due date has passed",
            count.select_from(t.task).where(open_, t.task.c.due_at < now),
        ),
        "running_instances": (
            "Process instances that have not ended",
            count.select_from(t.instance).where(t.instance.c.status == "running"),
        ),
        "armed_timers": ("Timers that wait", count.select_from(t.due_timer)),
        "late_timers": (
            "Timers that are due and have not fired",
            count.select_from(t.due_timer).where(t.due_timer.c.due_at < now),
        ),
        "incidents": ("Timers that failed and will be tried again", count.select_from(t.incident)),
        "letters_waiting": (
            "Notices on their way out of the house",
            count.select_from(t.delivery).where(t.delivery.c.status == "waiting"),
        ),
        "letters_given_up": (
            "Notices that nobody took",
            count.select_from(t.delivery).where(t.delivery.c.status == "given_up"),
        ),
        "events": (
            "Events in the log (grows only)",
            select(func.coalesce(func.max(t.event.c.seq), 0)),
        ),
        "refusals": (
            "Refused attempts in the security log (grows only)",
            count.select_from(t.security_log),
        ),
        "deployment_version": ("Version of the newest deployment", select(func.max(t.deployment.c.version))),
    }  # fmt: skip
