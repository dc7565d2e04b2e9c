"""How a person wants to be told, and each letter on its way out of the house."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

KEY = sa.String(64)
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create both tables."""
    op.create_table(
        "contact",
        sa.Column("account_key", KEY, nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("mode", sa.String(10), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_key"], ["account.account_key"], name="fk_contact_account_key"
        ),
        sa.PrimaryKeyConstraint("account_key", name="pk_contact"),
    )
    op.create_table(
        "delivery",
        sa.Column("delivery_key", KEY, nullable=False),
        sa.Column("way", sa.String(10), nullable=False),
        sa.Column("target", sa.String(100), nullable=False),
        sa.Column("about", sa.String(200), nullable=False),
        sa.Column("address", sa.String(254), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("retry_at", MOMENT, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("sent_at", MOMENT),
        sa.Column("reason", sa.Text(), nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("delivery_key", name="pk_delivery"),
        sa.UniqueConstraint("way", "target", "about", name="uq_delivery_about"),
    )
    op.create_index("ix_delivery_waiting", "delivery", ["status", "retry_at"])
    op.create_index("ix_delivery_target", "delivery", ["target", "created_at"])


def downgrade() -> None:
    """Drop both; nobody's act is lost."""
    op.drop_table("delivery")
    op.drop_table("contact")
