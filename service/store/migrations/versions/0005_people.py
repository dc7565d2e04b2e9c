"""Units and posts as tables; posts and office of an account; who alone may act on a task, and for whom."""

import sqlalchemy as sa
from alembic import op
from alembic.util import CommandError

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Accounts of before keep their unit; their posts are given anew by the system administrator."""
    op.create_table(
        "unit",
        sa.Column("unit_id", sa.String(200), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("groups", sa.JSON(), nullable=False),
        sa.Column("aliases", sa.JSON(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False, server_default=sa.text("true")),
        sa.PrimaryKeyConstraint("unit_id", name="pk_unit"),
        sa.UniqueConstraint("name", name="uq_unit_name"),
    )
    op.create_table(
        "post",
        sa.Column("post_id", sa.String(200), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("groups", sa.JSON(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False, server_default=sa.text("true")),
        sa.PrimaryKeyConstraint("post_id", name="pk_post"),
        sa.UniqueConstraint("name", name="uq_post_name"),
    )
    with op.batch_alter_table("account") as batch:
        batch.add_column(sa.Column("posts", sa.JSON(), nullable=False, server_default="[]"))
        batch.add_column(sa.Column("role", sa.String(20)))
        batch.add_column(
            sa.Column("must_change", sa.Boolean(), nullable=False, server_default=sa.text("false"))
        )
        batch.drop_column("unit_name")
        batch.drop_column("post")
        batch.drop_column("groups")
    with op.batch_alter_table("account") as batch:
        batch.alter_column("posts", server_default=None)
    with op.batch_alter_table("session") as batch:
        batch.add_column(sa.Column("agent", sa.String(200), nullable=False, server_default=""))
    with op.batch_alter_table("task") as batch:
        batch.add_column(sa.Column("ended_for", sa.String(64)))
        batch.add_column(sa.Column("person", sa.String(200)))


def downgrade() -> None:
    """Going back would lose who may do what: restore a backup instead."""
    raise CommandError("不能退回到 0005 之前：会丢失谁能办什么，请恢复备份。")
