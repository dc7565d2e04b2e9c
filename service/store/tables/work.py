"""Instances, tasks, timers and messages: projections of the log; incidents of the worker."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text, text

from service.store.tables.base import Id, Key, UtcDateTime, metadata

instance = Table(
    "instance",
    metadata,
    Column("instance_key", Key, primary_key=True),
    Column("process_id", Id, nullable=False),
    Column("project_key", Key),
    Column("digest", ForeignKey("deployment.digest"), nullable=False),
    Column("state", LargeBinary, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("status", String(20), nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Column("started_by", Key, nullable=False, server_default=""),  # a person, or `system`
    Index("ix_instance_project", "project_key", "status"),
    Index("ix_instance_started", "started_by", "started_at", "instance_key"),
)

task = Table(
    "task",
    metadata,
    Column("task_key", Key, primary_key=True),
    Column("instance_key", ForeignKey("instance.instance_key"), nullable=False),
    Column("project_key", Key),
    Column("process_id", Id, nullable=False),
    Column("element_id", Id, nullable=False),
    Column("group_id", Id, nullable=False),
    Column("unit_id", Id),
    Column("member", Id),
    Column("status", String(12), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime),
    Column(
        "order_at", UtcDateTime, nullable=False
    ),  # due_at, or NO_DUE: the inbox is read in this order
    Column("assignee", Key),
    Column("assignee_name", Text),
    Column("claimed_at", UtcDateTime),
    Column("ended_at", UtcDateTime),
    Column("ended_by", Key),
    Column("ended_by_name", Text),
    Column("ended_for", Key),  # the person for whom it was ended
    Column("entrusted_by", Key),  # who has entrusted it to the assignee, and gets it back
    Column("entrusted_by_name", Text),
    Column("person", Id),  # only the one with this login may act
    # of the last task that a person has completed in an instance: when that instance was over (办结)
    Column("closed_at", UtcDateTime),
    # inbox: open tasks of a group and unit, read by keyset in order of due date; holds all that the ledger counts
    Index(
        "ix_task_inbox",
        "group_id",
        "unit_id",
        "order_at",
        "task_key",
        "project_key",
        "status",
        sqlite_where=text("status = 'open'"),
        postgresql_where=text("status = 'open'"),
    ),
    # the same by arrival
    Index(
        "ix_task_since",
        "group_id",
        "unit_id",
        "created_at",
        "task_key",
        sqlite_where=text("status = 'open'"),
        postgresql_where=text("status = 'open'"),
    ),
    Index(
        "ix_task_mine",
        "assignee",
        "order_at",
        "task_key",
        sqlite_where=text("status = 'open'"),
        postgresql_where=text("status = 'open'"),
    ),
    # the county's overdue tasks, longest first
    Index(
        "ix_task_open",
        "order_at",
        "task_key",
        sqlite_where=text("status = 'open'"),
        postgresql_where=text("status = 'open'"),
    ),
    Index("ix_task_done", "ended_by", "ended_at"),
    Index(
        "ix_task_closed",
        "ended_by",
        "closed_at",
        "instance_key",
        sqlite_where=text("closed_at IS NOT NULL"),
        postgresql_where=text("closed_at IS NOT NULL"),
    ),
    # the ledger's time limits, and who has a project's tasks, without reading the rows
    Index("ix_task_project", "project_key", "status", "due_at", "group_id", "unit_id"),
    Index("ix_task_instance", "instance_key", "status"),
)

due_timer = Table(
    "due_timer",
    metadata,
    Column("task_key", Key, primary_key=True),
    Column("instance_key", ForeignKey("instance.instance_key"), nullable=False),
    Column("process_id", Id, nullable=False),
    Column("element_id", Id, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Index("ix_due_timer_due", "due_at", "task_key"),
    Index("ix_due_timer_instance", "instance_key"),
)

incident = Table(
    "incident",
    metadata,
    Column("task_key", Key, primary_key=True),
    Column("instance_key", Key, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("retry_at", UtcDateTime, nullable=False),
    Column("reason", Text, nullable=False),
    Index("ix_incident_instance", "instance_key"),
)

awaited_message = Table(
    "awaited_message",
    metadata,
    Column("task_key", Key, primary_key=True),
    Column("instance_key", ForeignKey("instance.instance_key"), nullable=False),
    Column("project_key", Key),
    Column("process_id", Id, nullable=False),
    Column("element_id", Id, nullable=False),
    Column("name", Id, nullable=False),
    Index("ix_awaited_message_name", "project_key", "name"),
)

notice = Table(
    "notice",
    metadata,
    Column("notice_key", Key, primary_key=True),
    Column("project_key", Key),
    Column("instance_key", Key, nullable=False),
    Column("task_key", Key),
    Column("name", Id, nullable=False),
    Column("payload", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index("ix_notice_project", "project_key", "at"),
    Index("ix_notice_task", "task_key", "name"),
)

# For whom a notice is: a candidate group, of one unit where the project has bound the group.
notice_to = Table(
    "notice_to",
    metadata,
    Column("notice_key", ForeignKey("notice.notice_key"), primary_key=True),
    Column("group_id", Id, primary_key=True),
    Column("unit_id", Id),
    Index("ix_notice_to_group", "group_id", "unit_id"),
)

notice_read = Table(
    "notice_read",
    metadata,
    Column("notice_key", Key, primary_key=True),
    Column("account_key", Key, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Index("ix_notice_read_account", "account_key"),
)
