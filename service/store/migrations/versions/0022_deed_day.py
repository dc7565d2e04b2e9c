"""What was done on some days is found without reading all that was ever done."""

from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """An index that holds all that is asked for."""
    op.create_index("ix_deed_day", "deed", ["day", "place", "unit_id", "days"])


def downgrade() -> None:
    """Without it."""
    op.drop_index("ix_deed_day", "deed")
