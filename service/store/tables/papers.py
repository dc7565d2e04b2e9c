"""What is uploaded, what is not yet submitted, what was printed."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, String, Table, Text

from service.store.tables.base import BigId, Id, Key, UtcDateTime, metadata

attachment = Table(
    "attachment",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("uploaded_by", Key, primary_key=True),
    Column("name", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("uploaded_at", UtcDateTime, nullable=False),
)

draft = Table(
    "draft",
    metadata,
    Column("task_key", Key, primary_key=True),
    Column("account_key", Key, primary_key=True),
    Column("content", Text, nullable=False),
    Column("saved_at", UtcDateTime, nullable=False),
    Index("ix_draft_account", "account_key", "saved_at"),
)

issued_sheet = Table(
    "issued_sheet",
    metadata,
    Column("code", String(20), primary_key=True),
    Column("project_key", Key, nullable=False),
    Column("sheet_id", Id, nullable=False),
    Column("instance_key", Key, nullable=False),
    Column("bundle", String(64), nullable=False),
    Column("upto", BigId, nullable=False),
    Column("content", String(64), nullable=False),
    Column("printed_at", UtcDateTime, nullable=False),
    Column("printed_by", Key, nullable=False),
    Column("printed_by_name", Text, nullable=False),
    Index("ix_issued_sheet_project", "project_key", "printed_at"),
)
