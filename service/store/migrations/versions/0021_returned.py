"""Returns found by their instance, so that the inbox can mark what has come back."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """An index over the few events that are returns."""
    returns = sa.text("act = 'return_task'")
    op.create_index(
        "ix_event_return",
        "event",
        ["instance_key", "at"],
        sqlite_where=returns,
        postgresql_where=returns,
    )
