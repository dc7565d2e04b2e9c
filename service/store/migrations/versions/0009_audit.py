"""Answers to what auditors ask, found from the log; and when they last read what."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

KEY, ID = sa.String(64), sa.String(200)
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the tables, empty: the worker fills them from the log."""
    op.create_table(
        "deed",
        sa.Column("seq", BIG, autoincrement=False, nullable=False),
        sa.Column("matter_key", KEY, nullable=False),
        sa.Column("project_key", KEY),
        sa.Column("place", ID, nullable=False),
        sa.Column("unit_id", ID, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_deed"),
    )
    op.create_index("ix_deed_place", "deed", ["place", "unit_id", "days", "day", "seq"])
    op.create_index("ix_deed_matter", "deed", ["matter_key"])
    op.create_table(
        "passage",
        sa.Column("matter_key", KEY, nullable=False),
        sa.Column("place", ID, nullable=False),
        sa.Column("bundle", sa.String(12), nullable=False),
        sa.Column("days", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("matter_key", "place", "bundle", "days", name="pk_passage"),
    )
    op.create_index("ix_passage_place", "passage", ["place", "bundle", "days", "count"])
    _noted()
    op.create_table(
        "rule_tested",
        sa.Column("matter_key", KEY, nullable=False),
        sa.Column("invariant", sa.String(20), nullable=False),
        sa.Column("tested", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("matter_key", "invariant", name="pk_rule_tested"),
    )
    op.create_table(
        "index_mark",
        sa.Column("name", sa.String(20), nullable=False),
        sa.Column("upto", BIG, nullable=False),
        sa.Column("rules", sa.String(64), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_index_mark"),
    )
    op.create_table(
        "auditor_reading",
        sa.Column("account_key", KEY, nullable=False),
        sa.Column("what", sa.String(100), nullable=False),
        sa.Column("matter_key", KEY, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("account_key", "what", "matter_key", name="pk_auditor_reading"),
    )


def _noted() -> None:
    op.create_table(
        "noted",
        sa.Column("question", ID, nullable=False),
        sa.Column("seq", BIG, autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("matter_key", KEY, nullable=False),
        sa.Column("project_key", KEY),
        sa.Column("place", ID, nullable=False),
        sa.Column("unit_id", ID, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("cells", sa.Text(), nullable=False),
        sa.Column("marked", sa.Boolean(), nullable=False),
        sa.Column("sort", ID),
        sa.Column("amount", sa.BigInteger()),
        sa.PrimaryKeyConstraint("question", "seq", "number", name="pk_noted"),
    )
    op.create_index("ix_noted_matter", "noted", ["matter_key"])
    op.create_index("ix_noted_counts", "noted", ["question", "day", "unit_id", "place", "marked"])
