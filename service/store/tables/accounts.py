"""Units, posts, who may log in, and what keeps a request from being carried out twice."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, text

from service.store.tables.base import Id, Key, Spelling, UtcDateTime, metadata

account = Table(
    "account",
    metadata,
    Column("account_key", Key, primary_key=True),
    Column("login", String(60), nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("spelling", Spelling, nullable=False, server_default=""),  # of the name
    Column("unit_id", Id, nullable=False),
    Column("posts", JSON, nullable=False),
    Column("role", String(20)),
    # unit, posts and role that the system administrator asks for and the security administrator has not granted yet
    Column("asked", JSON(none_as_null=True)),
    Column("password_hash", Text, nullable=False),
    Column("must_change", Boolean, nullable=False, server_default=text("false")),
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
    Column("agent", String(200), nullable=False, server_default=""),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Index("ix_session_account", "account_key"),
)

unit = Table(
    "unit",
    metadata,
    Column("unit_id", Id, primary_key=True),
    Column("name", String(100), nullable=False, unique=True),
    Column("spelling", Spelling, nullable=False, server_default=""),  # of the name
    Column("kind", String(12), nullable=False),
    Column("groups", JSON, nullable=False),
    Column("aliases", JSON, nullable=False),
    Column("active", Boolean, nullable=False, server_default=text("true")),
)

post = Table(
    "post",
    metadata,
    Column("post_id", Id, primary_key=True),
    Column("name", String(60), nullable=False, unique=True),
    Column("groups", JSON, nullable=False),
    Column("active", Boolean, nullable=False, server_default=text("true")),
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
