"""Who has started an instance, which tasks' instances are over, and filters kept under a name."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

KEY = sa.String(64)
AT = sa.DateTime(timezone=True)
OVER = sa.text("closed_at IS NOT NULL")
# the last completed task of each person in an instance that is over
CLOSED = """
UPDATE task SET closed_at = (
    SELECT ended_at FROM instance WHERE instance.instance_key = task.instance_key
)
WHERE status = 'completed'
  AND EXISTS (SELECT 1 FROM instance
              WHERE instance.instance_key = task.instance_key AND instance.status <> 'running')
  AND NOT EXISTS (SELECT 1 FROM task AS later
                  WHERE later.instance_key = task.instance_key AND later.ended_by = task.ended_by
                    AND later.status = 'completed'
                    AND (later.ended_at, later.task_key) > (task.ended_at, task.task_key))
"""


def upgrade() -> None:
    """Add the columns and fill them from what is there: the log says who has started an instance."""
    op.add_column("task", sa.Column("closed_at", AT))
    op.add_column("instance", sa.Column("started_by", KEY, nullable=False, server_default=""))
    op.create_index(
        "ix_task_closed",
        "task",
        ["ended_by", "closed_at", "instance_key"],
        sqlite_where=OVER,
        postgresql_where=OVER,
    )
    op.create_index("ix_instance_started", "instance", ["started_by", "started_at", "instance_key"])
    op.create_table(
        "saved_filter",
        sa.Column("account_key", KEY, nullable=False),
        sa.Column("place", sa.String(10), nullable=False),
        sa.Column("name", sa.String(20), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("at", AT, nullable=False),
        sa.PrimaryKeyConstraint("account_key", "place", "name", name="pk_saved_filter"),
    )
    connection = op.get_bind()
    connection.execute(sa.text(CLOSED))
    began = sa.text("SELECT instance_key, body FROM event WHERE instance_seq = 1")
    set_ = sa.text("UPDATE instance SET started_by = :who WHERE instance_key = :key")
    for key, body in connection.execute(began).all():
        who = (json.loads(body).get("actor") or {}).get("account_key", "")
        connection.execute(set_, {"who": who, "key": key})


def downgrade() -> None:
    """Drop them; the log says it all, but for the filters."""
    op.drop_table("saved_filter")
    op.drop_index("ix_instance_started", "instance")
    op.drop_index("ix_task_closed", "task")
    op.drop_column("instance", "started_by")
    op.drop_column("task", "closed_at")
