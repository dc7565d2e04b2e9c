"""Reminders of time limits: processes/reminders.yaml."""

from __future__ import annotations

from dataclasses import dataclass

import yaml

from service.model.errors import BadInput

OF_THE_TASK = "task"


@dataclass(frozen=True)
class Reminder:
    """A notice sent once when `when` (FEEL over `days_left` and `settings`) comes true.

    `to`: candidate groups, `task` for the task's own. `unless_drawn`: not for tasks that a drawn timer
    watches. `words`: what the notice says.
    """

    name: str
    when: str
    to: tuple[str, ...]
    words: str
    clauses: tuple[str, ...]
    unless_drawn: bool


def parse_reminders(source: bytes) -> tuple[Reminder, ...]:
    """Read `reminders: [{id, when, to, words, clauses, drawn}]`. Raises BadInput."""
    try:
        rows = yaml.load(source, Loader=yaml.CSafeLoader)["reminders"]
        return tuple(
            Reminder(
                row["id"],
                str(row["when"]),
                tuple(row["to"]),
                row["words"],
                tuple(str(c) for c in row.get("clauses") or ()),
                row.get("drawn") == "other",
            )
            for row in rows
        )
    except (yaml.YAMLError, KeyError, TypeError) as wrong:
        raise BadInput(
            "reminders.yaml 的写法不对，应为 reminders: [{id, when, to, words}]。"
        ) from wrong
