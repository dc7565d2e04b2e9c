"""Totals of durations and passages; an index of the acts beside instances, which are few."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

ID = sa.String(200)


def upgrade() -> None:
    """Add up what is there."""
    op.create_table(
        "passage_total",
        sa.Column("place", ID, nullable=False),
        sa.Column("bundle", sa.String(12), nullable=False),
        sa.Column("days", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("place", "bundle", "days", name="pk_passage_total"),
    )
    op.execute(
        "INSERT INTO passage_total (place, bundle, days, count) "
        "SELECT place, bundle, days, sum(count) FROM passage GROUP BY place, bundle, days"
    )
    op.create_table(
        "deed_total",
        sa.Column("place", ID, nullable=False),
        sa.Column("unit_id", ID, nullable=False),
        sa.Column("days", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("place", "unit_id", "days", name="pk_deed_total"),
    )
    op.execute(
        "INSERT INTO deed_total (place, unit_id, days, count) "
        "SELECT place, unit_id, days, count(*) FROM deed GROUP BY place, unit_id, days"
    )
    op.drop_index("ix_passage_place", "passage")
    where = sa.text("instance_key IS NULL")
    op.create_index(
        "ix_event_beside", "event", ["act", "seq"], sqlite_where=where, postgresql_where=where
    )
