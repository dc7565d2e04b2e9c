"""An order of the inbox that an index can follow, incidents of jobs, and no way round append-only.

`INSERT OR REPLACE` (SQLite) and `TRUNCATE` (PostgreSQL) do not fire the triggers of 0001.
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

OPEN = sa.text("status = 'open'")
FAR = datetime(9999, 1, 1, tzinfo=UTC)
KEYS = {
    "event": ["seq"],
    "submission": ["submission_key"],
    "security_log": ["entry_key"],
    "deployment_file": ["digest", "path"],
}


def upgrade() -> None:
    """Add what 0001 lacks."""
    _order_of_the_inbox()
    _incidents()
    if op.get_bind().dialect.name == "sqlite":
        for table in KEYS:
            _guard_sqlite(table)
    else:
        for table in KEYS:
            _guard_postgresql(table)


def _order_of_the_inbox() -> None:
    op.drop_index("ix_task_inbox", "task")
    op.drop_index("ix_task_mine", "task")
    op.add_column("task", sa.Column("order_at", sa.DateTime(timezone=True)))
    moment = sa.DateTime(timezone=True)
    task = sa.table("task", sa.column("due_at", moment), sa.column("order_at", moment))
    op.execute(task.update().values(order_at=sa.func.coalesce(task.c.due_at, FAR)))
    with op.batch_alter_table("task") as batch:
        batch.alter_column("order_at", nullable=False)
    for name, columns in (
        ("ix_task_inbox", ["group_id", "unit_id", "order_at", "task_key"]),
        ("ix_task_mine", ["assignee", "order_at", "task_key"]),
    ):
        op.create_index(name, "task", columns, sqlite_where=OPEN, postgresql_where=OPEN)


def _incidents() -> None:
    op.create_table(
        "incident",
        sa.Column("task_key", sa.String(64), nullable=False),
        sa.Column("instance_key", sa.String(64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("retry_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("task_key", name="pk_incident"),
    )
    op.create_index("ix_incident_instance", "incident", ["instance_key"])


def _guard_sqlite(table: str) -> None:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    same = " AND ".join(f"{key} = NEW.{key}" for key in KEYS[table])
    there = f"EXISTS (SELECT 1 FROM {table} WHERE {same})"  # noqa: S608 (our own names)
    op.execute(f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN {there} {refuse}")
    if table == "security_log":
        for act in ("UPDATE", "DELETE"):
            op.execute(f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} {refuse}")


def _guard_postgresql(table: str) -> None:
    words = f"RAISE EXCEPTION '{table} is append-only'"
    op.execute(
        f"CREATE FUNCTION {table}_append_only() RETURNS trigger "
        f"AS $$ BEGIN {words}; END $$ LANGUAGE plpgsql"
    )
    run = f"EXECUTE FUNCTION {table}_append_only()"
    op.execute(
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {run}"
    )
    if table == "security_log":
        op.execute(
            f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW {run}"
        )
