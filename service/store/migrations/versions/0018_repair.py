"""Emergency repairs, proposed by one administrator and confirmed by another."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

KEY, MOMENT = sa.String(64), sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the table, empty."""
    op.create_table(
        "repair",
        sa.Column("repair_key", KEY, nullable=False),
        sa.Column("project_key", KEY, nullable=False),
        sa.Column("instance_key", KEY, nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("target", KEY, nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("proposed_by", KEY, nullable=False),
        sa.Column("proposed_by_name", sa.Text(), nullable=False),
        sa.Column("proposed_at", MOMENT, nullable=False),
        sa.Column("decided_by", KEY),
        sa.Column("decided_by_name", sa.Text()),
        sa.Column("decided_at", MOMENT),
        sa.Column("why", sa.Text(), nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("repair_key", name="pk_repair"),
    )
    op.create_index("ix_repair_status", "repair", ["status", "proposed_at"])
    op.create_index("ix_repair_instance", "repair", ["instance_key", "status"])
