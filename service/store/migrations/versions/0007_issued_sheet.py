"""Sheets that were printed, each under the code that stands on it; never changed."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

TABLE = "issued_sheet"
KEY = sa.String(64)
WORDS = f"{TABLE} is append-only"


def upgrade() -> None:
    """Create the table, and what refuses to change it."""
    op.create_table(
        TABLE,
        sa.Column("code", sa.String(20), nullable=False),
        sa.Column("project_key", KEY, nullable=False),
        sa.Column("sheet_id", sa.String(200), nullable=False),
        sa.Column("instance_key", KEY, nullable=False),
        sa.Column("bundle", KEY, nullable=False),
        sa.Column("upto", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("content", KEY, nullable=False),
        sa.Column("printed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("printed_by", KEY, nullable=False),
        sa.Column("printed_by_name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_issued_sheet"),
    )
    op.create_index("ix_issued_sheet_project", TABLE, ["project_key", "printed_at"])
    if op.get_bind().dialect.name == "sqlite":
        _guard_sqlite()
    else:
        _guard_postgresql()


def _guard_sqlite() -> None:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{WORDS}'); END"
    there = f"EXISTS (SELECT 1 FROM {TABLE} WHERE code = NEW.code)"  # noqa: S608 (our own names)
    op.execute(f"CREATE TRIGGER {TABLE}_no_replace BEFORE INSERT ON {TABLE} WHEN {there} {refuse}")
    for act in ("UPDATE", "DELETE"):
        op.execute(f"CREATE TRIGGER {TABLE}_no_{act.lower()} BEFORE {act} ON {TABLE} {refuse}")


def _guard_postgresql() -> None:
    op.execute(
        f"CREATE FUNCTION {TABLE}_append_only() RETURNS trigger "
        f"AS $$ BEGIN RAISE EXCEPTION '{WORDS}'; END $$ LANGUAGE plpgsql"
    )
    run = f"EXECUTE FUNCTION {TABLE}_append_only()"
    op.execute(
        f"CREATE TRIGGER {TABLE}_no_change BEFORE UPDATE OR DELETE ON {TABLE} FOR EACH ROW {run}"
    )
    op.execute(
        f"CREATE TRIGGER {TABLE}_no_truncate BEFORE TRUNCATE ON {TABLE} FOR EACH STATEMENT {run}"
    )
