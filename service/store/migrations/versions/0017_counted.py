"""What pages count and sum, by an index: one's own drafts, an amount over all projects."""

from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Create the indexes."""
    op.create_index("ix_draft_account", "draft", ["account_key", "saved_at"])
    op.create_index("ix_project_amount_name", "project_amount", ["name", "fen"])


def downgrade() -> None:
    """Drop them."""
    op.drop_index("ix_project_amount_name", "project_amount")
    op.drop_index("ix_draft_account", "draft")
