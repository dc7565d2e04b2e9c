"""Drafts of the regulation, and what was proposed, checked and released of them; the record is the event."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text

from service.store.tables.base import Key, UtcDateTime, metadata

# A draft is a deployed bundle (`base`) with edits; status open, released or discarded.
bundle_draft = Table(
    "bundle_draft",
    metadata,
    Column("draft_key", Key, primary_key=True),
    Column("name", Text, nullable=False),
    Column("author", Key, nullable=False),
    Column("author_name", Text, nullable=False),
    Column("base", ForeignKey("deployment.digest"), nullable=False),
    Column("status", String(12), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Index("ix_bundle_draft_status", "status", "created_at"),
)

# Every version that was saved, numbered within the draft; `content` is null where the file was taken away.
bundle_edit = Table(
    "bundle_edit",
    metadata,
    Column("draft_key", ForeignKey("bundle_draft.draft_key"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("path", String(300), nullable=False),
    Column("content", LargeBinary),
    Column("saved_by", Key, nullable=False),
    Column("saved_at", UtcDateTime, nullable=False),
)

# A proposal: the draft up to edit `upto`. Status queued, checking, refused, ready, released or withdrawn;
# `results` is the JSON of service/workbench/results.py.
bundle_release = Table(
    "bundle_release",
    metadata,
    Column("release_key", Key, primary_key=True),
    Column("draft_key", ForeignKey("bundle_draft.draft_key"), nullable=False),
    Column("upto", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("author", Key, nullable=False),
    Column("author_name", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("base", String(64), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("status", String(12), nullable=False),
    Column("progress", Text, nullable=False),
    Column("results", Text),
    Column("proposed_at", UtcDateTime, nullable=False),
    Column("checked_at", UtcDateTime),
    Column("released_at", UtcDateTime),
    Column("released_by_name", Text),
    Column("version", Integer),
    Index("ix_bundle_release_status", "status", "proposed_at"),
)
