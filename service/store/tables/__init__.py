"""Every table, and which may only be inserted into.

`event`, `submission`, `deployment_file` and `security_log` are evidence. `unit`, `post`, `project`, `participant`,
`instance`, `task`, `due_timer`, `awaited_message` and `notice` are projections: rebuilt from the log by
`queries/rebuild.py`. The rest (drafts, sessions, retries …) may be lost without losing an act.
"""

from __future__ import annotations

from service.store.tables.accounts import account, idempotency, post, session, unit
from service.store.tables.base import NO_DUE, BigId, Id, Key, UtcDateTime, metadata
from service.store.tables.papers import attachment, draft
from service.store.tables.projects import participant, project
from service.store.tables.record import (
    checkpoint,
    deployment,
    deployment_file,
    event,
    security_log,
    submission,
    tree_node,
)
from service.store.tables.work import awaited_message, due_timer, incident, instance, notice, task

APPEND_ONLY = ("event", "submission", "deployment_file", "security_log", "checkpoint")
PROJECTIONS = (unit, post, project, participant, instance, task, due_timer, awaited_message, notice)

__all__ = [
    "APPEND_ONLY",
    "NO_DUE",
    "PROJECTIONS",
    "BigId",
    "Id",
    "Key",
    "UtcDateTime",
    "account",
    "attachment",
    "awaited_message",
    "checkpoint",
    "deployment",
    "deployment_file",
    "draft",
    "due_timer",
    "event",
    "idempotency",
    "incident",
    "instance",
    "metadata",
    "notice",
    "participant",
    "post",
    "project",
    "security_log",
    "session",
    "submission",
    "task",
    "tree_node",
    "unit",
]
