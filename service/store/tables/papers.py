"""What is uploaded and what is not yet submitted."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, String, Table, Text

from service.store.tables.base import Key, UtcDateTime, metadata

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
)
