"""Evidence: what is deployed, what was done, what was filled in, what was refused. Inserted into, never changed."""

from __future__ import annotations

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from service.store.tables.base import BigId, Id, Key, UtcDateTime, metadata

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
    Column("signature", String(128)),  # by the service's key, which the database does not hold
    UniqueConstraint("instance_key", "instance_seq"),
    Index("ix_event_project", "project_key", "seq"),
    # acts beside instances (administration, readings, restores, changes of the key): few, and asked for on each page
    Index(
        "ix_event_beside",
        "act",
        "seq",
        sqlite_where=text("instance_key IS NULL"),
        postgresql_where=text("instance_key IS NULL"),
    ),
    # returns: few; the inbox marks what they have opened
    Index(
        "ix_event_return",
        "instance_key",
        "at",
        sqlite_where=text("act = 'return_task'"),
        postgresql_where=text("act = 'return_task'"),
    ),
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

checkpoint = Table(
    "checkpoint",
    metadata,
    Column("size", BigId, primary_key=True, autoincrement=False),
    Column("note", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

# What a time-stamping authority answered over the note of a checkpoint (RFC 3161).
checkpoint_stamp = Table(
    "checkpoint_stamp",
    metadata,
    Column("size", ForeignKey("checkpoint.size"), primary_key=True, autoincrement=False),
    Column("answer", LargeBinary, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

# Hashes of complete subtrees of 256, 65,536 … events: a cache, so that proofs need not read the whole log.
tree_node = Table(
    "tree_node",
    metadata,
    Column("height", Integer, primary_key=True, autoincrement=False),
    Column("index", BigId, primary_key=True, autoincrement=False),
    Column("sha256", LargeBinary, nullable=False),
    Column("sm3", LargeBinary, nullable=False),
)
