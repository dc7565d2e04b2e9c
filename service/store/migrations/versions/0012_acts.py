"""Acts around a task: entrusting, opinions asked for, reading copies, standing in; phrases and followed projects."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

KEY = sa.String(64)
AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the tables, and who has entrusted a task."""
    op.add_column("task", sa.Column("entrusted_by", KEY))
    op.add_column("task", sa.Column("entrusted_by_name", sa.Text()))
    _asked()
    _copies()
    _standing_in()
    _own_lists()


def _asked() -> None:
    op.create_table(
        "consultation",
        sa.Column("consultation_key", KEY, nullable=False),
        sa.Column("task_key", KEY, nullable=False),
        sa.Column("instance_key", KEY, nullable=False),
        sa.Column("project_key", KEY),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("asked", KEY, nullable=False),
        sa.Column("asked_name", sa.Text(), nullable=False),
        sa.Column("asked_unit", sa.Text(), nullable=False),
        sa.Column("by", KEY, nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", AT, nullable=False),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False, server_default=""),
        sa.Column("answered_at", AT),
        sa.PrimaryKeyConstraint("consultation_key", name="pk_consultation"),
    )
    op.create_index("ix_consultation_task", "consultation", ["task_key", "status"])
    op.create_index("ix_consultation_asked", "consultation", ["asked", "status"])


def _copies() -> None:
    op.create_table(
        "reading_copy",
        sa.Column("copy_key", KEY, nullable=False),
        sa.Column("task_key", KEY, nullable=False),
        sa.Column("instance_key", KEY, nullable=False),
        sa.Column("project_key", KEY),
        sa.Column("to", KEY, nullable=False),
        sa.Column("to_name", sa.Text(), nullable=False),
        sa.Column("by", KEY, nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", AT, nullable=False),
        sa.Column("read_at", AT),
        sa.PrimaryKeyConstraint("copy_key", name="pk_reading_copy"),
    )
    op.create_index("ix_reading_copy_to", "reading_copy", ["to", "at"])
    op.create_index("ix_reading_copy_task", "reading_copy", ["task_key"])


def _standing_in() -> None:
    op.create_table(
        "stand_in",
        sa.Column("stand_in_key", KEY, nullable=False),
        sa.Column("principal", KEY, nullable=False),
        sa.Column("agent", KEY, nullable=False),
        sa.Column("process_id", sa.String(200)),
        sa.Column("begins_at", AT, nullable=False),
        sa.Column("ends_at", AT, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("set_by", KEY, nullable=False),
        sa.Column("set_at", AT, nullable=False),
        sa.PrimaryKeyConstraint("stand_in_key", name="pk_stand_in"),
    )
    op.create_index("ix_stand_in_agent", "stand_in", ["agent", "ends_at"])
    op.create_index("ix_stand_in_principal", "stand_in", ["principal", "ends_at"])


def _own_lists() -> None:
    op.create_table(
        "phrase",
        sa.Column("account_key", KEY, nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("account_key", "place", name="pk_phrase"),
    )
    op.create_table(
        "follow",
        sa.Column("account_key", KEY, nullable=False),
        sa.Column("project_key", KEY, nullable=False),
        sa.Column("at", AT, nullable=False),
        sa.PrimaryKeyConstraint("account_key", "project_key", name="pk_follow"),
    )


def downgrade() -> None:
    """Drop them."""
    for table in ("follow", "phrase", "stand_in", "reading_copy", "consultation"):
        op.drop_table(table)
    op.drop_column("task", "entrusted_by_name")
    op.drop_column("task", "entrusted_by")
