"""Rights that are asked for, and not granted yet."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """What everybody has stays as it is."""
    op.add_column("account", sa.Column("asked", sa.JSON()))
