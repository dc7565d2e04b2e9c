"""Every table, and which may only be inserted into.

`event`, `submission`, `deployment_file`, `security_log`, `checkpoint`, `checkpoint_stamp` and `issued_sheet` are
evidence. The tables in `PROJECTIONS` are rebuilt from the log by `queries/rebuild.py`. The rest (drafts, sessions,
retries, own lists, what was read …) may be lost without losing an act.
"""

from __future__ import annotations

from service.store.tables.accounts import account, idempotency, post, session, unit
from service.store.tables.acts import (
    consultation,
    follow,
    phrase,
    reading_copy,
    repair,
    saved_filter,
    stand_in,
)
from service.store.tables.audit import (
    auditor_reading,
    deed,
    deed_total,
    index_mark,
    noted,
    passage,
    passage_total,
    rule_tested,
)
from service.store.tables.base import NO_DUE, BigId, Id, Key, UtcDateTime, metadata
from service.store.tables.delivery import contact, delivery
from service.store.tables.papers import attachment, draft, issued_sheet
from service.store.tables.projects import participant, project, project_amount
from service.store.tables.record import (
    checkpoint,
    checkpoint_stamp,
    deployment,
    deployment_file,
    event,
    security_log,
    submission,
    tree_node,
)
from service.store.tables.rules import calendar_day, calendar_year, setting_value
from service.store.tables.signin import identity, second_factor
from service.store.tables.work import (
    awaited_message,
    due_timer,
    incident,
    instance,
    notice,
    notice_read,
    notice_to,
    task,
)
from service.store.tables.workbench import bundle_draft, bundle_edit, bundle_release

APPEND_ONLY = (
    "event",
    "submission",
    "deployment_file",
    "security_log",
    "checkpoint",
    "checkpoint_stamp",
    "issued_sheet",
)
PROJECTIONS = (
    unit,
    post,
    project,
    project_amount,
    participant,
    instance,
    task,
    due_timer,
    awaited_message,
    notice,
    notice_to,
    setting_value,
    calendar_year,
    calendar_day,
    consultation,
    reading_copy,
    stand_in,
    repair,
)

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
    "auditor_reading",
    "awaited_message",
    "bundle_draft",
    "bundle_edit",
    "bundle_release",
    "calendar_day",
    "calendar_year",
    "checkpoint",
    "checkpoint_stamp",
    "consultation",
    "contact",
    "deed",
    "deed_total",
    "delivery",
    "deployment",
    "deployment_file",
    "draft",
    "due_timer",
    "event",
    "follow",
    "idempotency",
    "identity",
    "incident",
    "index_mark",
    "instance",
    "issued_sheet",
    "metadata",
    "noted",
    "notice",
    "notice_read",
    "notice_to",
    "participant",
    "passage",
    "passage_total",
    "phrase",
    "post",
    "project",
    "project_amount",
    "reading_copy",
    "repair",
    "rule_tested",
    "saved_filter",
    "second_factor",
    "security_log",
    "session",
    "setting_value",
    "stand_in",
    "submission",
    "task",
    "tree_node",
    "unit",
]
