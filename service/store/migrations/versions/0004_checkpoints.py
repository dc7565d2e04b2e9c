"""Signatures of events, checkpoints over the log, and the cache of its tree."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the column and the two tables; a checkpoint is never changed."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.add_column("event", sa.Column("signature", sa.String(128)))
    op.create_table(
        "checkpoint",
        sa.Column("size", number, nullable=False, autoincrement=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("size", name="pk_checkpoint"),
    )
    op.create_table(
        "tree_node",
        sa.Column("height", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("index", number, nullable=False, autoincrement=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("sm3", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("height", "index", name="pk_tree_node"),
    )
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER checkpoint_no_{act.lower()} BEFORE {act} ON checkpoint "
                "BEGIN SELECT RAISE(ABORT, 'checkpoint is append-only'); END"
            )
        op.execute(
            "CREATE TRIGGER checkpoint_no_replace BEFORE INSERT ON checkpoint "
            "WHEN EXISTS (SELECT 1 FROM checkpoint WHERE size = NEW.size) "
            "BEGIN SELECT RAISE(ABORT, 'checkpoint is append-only'); END"
        )
    else:
        op.execute(
            "CREATE FUNCTION checkpoint_append_only() RETURNS trigger AS $$ "
            "BEGIN RAISE EXCEPTION 'checkpoint is append-only'; END $$ LANGUAGE plpgsql"
        )
        run = "EXECUTE FUNCTION checkpoint_append_only()"
        op.execute(
            "CREATE TRIGGER checkpoint_no_change BEFORE UPDATE OR DELETE ON checkpoint "
            f"FOR EACH ROW {run}"
        )
        op.execute(
            "CREATE TRIGGER checkpoint_no_truncate BEFORE TRUNCATE ON checkpoint "
            f"FOR EACH STATEMENT {run}"
        )
