"""When the first of a project's open tasks is due stands with the project; tasks are found by arrival."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"

NEVER = {"sqlite": "9999-01-01 00:00:00.000000", "postgresql": "9999-01-01 00:00:00+00"}
FIRST = """UPDATE project SET order_at = coalesce(
    (SELECT min(task.due_at) FROM task
     WHERE task.project_key = project.project_key AND task.status = 'open'), order_at)"""


def upgrade() -> None:
    """From the tasks that are open now."""
    never = sa.text(f"'{NEVER[op.get_bind().dialect.name]}'")
    moment = sa.DateTime(timezone=True)
    op.add_column("project", sa.Column("order_at", moment, nullable=False, server_default=never))
    op.execute(FIRST)
    op.create_index("ix_project_due", "project", ["order_at", "no"])
    op.drop_index("ix_task_inbox", "task")
    op.drop_index("ix_task_open", "task")
    _over_open("ix_task_open", "order_at", "task_key")
    by_group = ("group_id", "unit_id", "order_at", "task_key")
    _over_open("ix_task_inbox", *by_group, "project_key", "status")
    _over_open("ix_task_since", "group_id", "unit_id", "created_at", "task_key")


def _over_open(name: str, *columns: str) -> None:
    is_open = sa.text("status = 'open'")
    op.create_index(name, "task", [*columns], sqlite_where=is_open, postgresql_where=is_open)
