"""Every table, and which may only be inserted into.

`event`, `submission`, `deployment_file` and `security_log` are evidence. `project`, `participant`,
`instance`, `task`, `due_timer`, `awaited_message` and `notice` are projections: rebuilt from the log by
`queries/rebuild.py`. The rest (drafts, sessions, retries …) may be lost without losing an act.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class UtcDateTime(TypeDecorator[datetime]):
    """Aware datetimes, stored in UTC; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        """To the database."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        """From the database; SQLite gives it back naive."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


# The place of a task without a due date in the order of the inbox: after all others.
NO_DUE = datetime(9999, 1, 1, tzinfo=UTC)

Id = String(200)
Key = String(64)
BigId = BigInteger().with_variant(Integer, "sqlite")

deployment = Table(
    "deployment",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("version", Integer, nullable=False, unique=True),
    Column("deployed_at", UtcDateTime, nullable=False),
    Column("deployed_by", Text, nullable=False),
)

deployment_file = Table(
    "deployment_file",
    metadata,
    Column("digest", ForeignKey("deployment.digest"), primary_key=True),
    Column("path", String(300), primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

event = Table(
    "event",
    metadata,
    Column("seq", BigId, primary_key=True, autoincrement=False),
    Column("instance_key", Key),
    Column("instance_seq", Integer),
    Column("project_key", Key),
    Column("at", UtcDateTime, nullable=False),
    Column("act", String(40), nullable=False),
    Column("body", Text, nullable=False),
    Column("prev_hash", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    UniqueConstraint("instance_key", "instance_seq"),
    Index("ix_event_project", "project_key", "seq"),
)

submission = Table(
    "submission",
    metadata,
    Column("submission_key", Key, primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("form_id", Id, nullable=False),
    Column("task_key", Key, nullable=False),
    Column("instance_key", Key, nullable=False),
    Column("project_key", Key),
    Column("submitted_by", Key, nullable=False),
    Column("submitted_at", UtcDateTime, nullable=False),
    Column("content", Text, nullable=False),
    Index("ix_submission_task", "task_key"),
    Index("ix_submission_project", "project_key", "form_id"),
)

project = Table(
    "project",
    metadata,
    Column("project_key", Key, primary_key=True),
    Column("no", String(40), nullable=False, unique=True),
    Column("unit_id", Id, nullable=False),
    Column("name", Text, nullable=False, server_default=""),
    Column("status", String(60), nullable=False, server_default=""),
    Column("facts", Text, nullable=False, server_default="{}"),
    Column("created_at", UtcDateTime, nullable=False),
    Index("ix_project_unit", "unit_id", "project_key"),
)

participant = Table(
    "participant",
    metadata,
    Column("project_key", ForeignKey("project.project_key"), primary_key=True),
    Column("group_id", Id, primary_key=True),
    Column("unit_id", Id, nullable=False),
    Index("ix_participant_unit", "unit_id", "group_id"),
)

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
    Index("ix_instance_project", "project_key", "status"),
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
    # inbox: open tasks of a group and unit, read by keyset in order of due date
    Index(
        "ix_task_inbox",
        "group_id",
        "unit_id",
        "order_at",
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
    Index("ix_task_done", "ended_by", "ended_at"),
    Index("ix_task_project", "project_key", "status"),
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
    Column("name", Id, nullable=False),
    Column("payload", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index("ix_notice_project", "project_key", "at"),
)

draft = Table(
    "draft",
    metadata,
    Column("task_key", Key, primary_key=True),
    Column("account_key", Key, primary_key=True),
    Column("content", Text, nullable=False),
    Column("saved_at", UtcDateTime, nullable=False),
)

account = Table(
    "account",
    metadata,
    Column("account_key", Key, primary_key=True),
    Column("login", String(60), nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("unit_id", Id, nullable=False),
    Column("unit_name", Text, nullable=False),
    Column("post", Text, nullable=False),
    Column("groups", JSON, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("locked_until", UtcDateTime),
    Column("disabled", Boolean, nullable=False, server_default=text("false")),
    Column("created_at", UtcDateTime, nullable=False),
    Index("ix_account_unit", "unit_id"),
)

session = Table(
    "session",
    metadata,
    Column("session_hash", String(64), primary_key=True),
    Column("account_key", ForeignKey("account.account_key"), nullable=False),
    Column("kind", String(10), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Index("ix_session_account", "account_key"),
)

security_log = Table(
    "security_log",
    metadata,
    Column("entry_key", Key, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("account_key", Key),
    Column("act", Text, nullable=False),
    Column("status", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Index("ix_security_log_at", "at"),
)

idempotency = Table(
    "idempotency",
    metadata,
    Column("account_key", Key, primary_key=True),
    Column("idempotency_key", String(120), primary_key=True),
    Column("request_digest", String(64), nullable=False),
    Column("answer", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

attachment = Table(
    "attachment",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("name", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("uploaded_by", Key, nullable=False),
    Column("uploaded_at", UtcDateTime, nullable=False),
)

APPEND_ONLY = ("event", "submission", "deployment_file", "security_log")
PROJECTIONS = (project, participant, instance, task, due_timer, awaited_message, notice)
