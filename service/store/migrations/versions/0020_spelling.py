"""Names with their place in the alphabet; indexes that hold what the ledger counts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from service.model.spelling import spelled

revision = "0020"
down_revision = "0019"

SPELLING = sa.String(200).with_variant(postgresql.VARCHAR(200, collation="C"), "postgresql")
NAMED = {"project": "project_key", "unit": "unit_id", "account": "account_key"}


def upgrade() -> None:
    """What has a name already is spelled now."""
    connection = op.get_bind()
    for name, key in NAMED.items():
        op.add_column(name, sa.Column("spelling", SPELLING, nullable=False, server_default=""))
        table = sa.table(name, sa.column(key), sa.column("name"), sa.column("spelling"))
        for row in connection.execute(sa.select(table.c[key], table.c.name)).all():
            place = spelled(row.name, person=name == "account")
            this = sa.update(table).where(table.c[key] == row[0])
            connection.execute(this.values(spelling=place))
    op.create_index("ix_project_spelling", "project", ["spelling", "project_key"])
    op.create_index("ix_project_status", "project", ["status", "unit_id", "project_key"])
    op.create_index("ix_project_created", "project", ["created_at"])
    op.drop_index("ix_task_open", "task")
    columns = ["order_at", "task_key", "project_key", "group_id", "unit_id"]
    is_open = sa.text("status = 'open'")
    op.create_index("ix_task_open", "task", columns, sqlite_where=is_open, postgresql_where=is_open)
