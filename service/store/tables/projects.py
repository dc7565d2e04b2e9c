"""Projects and who takes part in them: projections of the log."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, String, Table, Text

from service.store.tables.base import NO_DUE, BigId, Id, Key, Spelling, UtcDateTime, metadata

project = Table(
    "project",
    metadata,
    Column("project_key", Key, primary_key=True),
    Column("no", String(40), nullable=False, unique=True),
    Column("unit_id", Id, nullable=False),
    Column("name", Text, nullable=False, server_default=""),
    Column("spelling", Spelling, nullable=False, server_default=""),  # of the name
    Column("status", String(60), nullable=False, server_default=""),
    Column("facts", Text, nullable=False, server_default="{}"),
    Column("created_at", UtcDateTime, nullable=False),
    # when the first of its open tasks is due, or NO_DUE
    Column("order_at", UtcDateTime, nullable=False, default=NO_DUE),
    Index("ix_project_unit", "unit_id", "project_key"),
    Index("ix_project_spelling", "spelling", "project_key"),
    # the ledger's figures and years, without reading the rows
    Index("ix_project_status", "status", "unit_id", "project_key"),
    Index("ix_project_created", "created_at"),
    Index("ix_project_due", "order_at", "no"),
)

# Amounts among the facts, so that the ledger can be summed by the database.
project_amount = Table(
    "project_amount",
    metadata,
    Column("project_key", ForeignKey("project.project_key"), primary_key=True),
    Column("name", Id, primary_key=True),
    Column("fen", BigId, nullable=False),  # hundredths of a yuan
    Index("ix_project_amount_name", "name", "fen"),
)

participant = Table(
    "participant",
    metadata,
    Column("project_key", ForeignKey("project.project_key"), primary_key=True),
    Column("group_id", Id, primary_key=True),
    Column("unit_id", Id, nullable=False),
    Index("ix_participant_unit", "unit_id", "group_id"),
)
