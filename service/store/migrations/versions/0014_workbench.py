"""Drafts of the regulation, their edits, and proposals to release them."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

KEY, MOMENT = sa.String(64), sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the tables, empty."""
    op.create_table(
        "bundle_draft",
        sa.Column("draft_key", KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("author", KEY, nullable=False),
        sa.Column("author_name", sa.Text(), nullable=False),
        sa.Column("base", KEY, nullable=False),
        sa.Column("status", sa.String(12), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("draft_key", name="pk_bundle_draft"),
        sa.ForeignKeyConstraint(["base"], ["deployment.digest"], name="fk_bundle_draft_base"),
    )
    op.create_index("ix_bundle_draft_status", "bundle_draft", ["status", "created_at"])
    op.create_table(
        "bundle_edit",
        sa.Column("draft_key", KEY, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("path", sa.String(300), nullable=False),
        sa.Column("content", sa.LargeBinary()),
        sa.Column("saved_by", KEY, nullable=False),
        sa.Column("saved_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("draft_key", "number", name="pk_bundle_edit"),
        sa.ForeignKeyConstraint(
            ["draft_key"], ["bundle_draft.draft_key"], name="fk_bundle_edit_draft_key"
        ),
    )
    _release()


def _release() -> None:
    op.create_table(
        "bundle_release",
        sa.Column("release_key", KEY, nullable=False),
        sa.Column("draft_key", KEY, nullable=False),
        sa.Column("upto", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("author", KEY, nullable=False),
        sa.Column("author_name", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("base", KEY, nullable=False),
        sa.Column("digest", KEY, nullable=False),
        sa.Column("status", sa.String(12), nullable=False),
        sa.Column("progress", sa.Text(), nullable=False),
        sa.Column("results", sa.Text()),
        sa.Column("proposed_at", MOMENT, nullable=False),
        sa.Column("checked_at", MOMENT),
        sa.Column("released_at", MOMENT),
        sa.Column("released_by_name", sa.Text()),
        sa.Column("version", sa.Integer()),
        sa.PrimaryKeyConstraint("release_key", name="pk_bundle_release"),
        sa.ForeignKeyConstraint(
            ["draft_key"], ["bundle_draft.draft_key"], name="fk_bundle_release_draft_key"
        ),
    )
    op.create_index("ix_bundle_release_status", "bundle_release", ["status", "proposed_at"])
