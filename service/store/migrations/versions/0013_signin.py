"""A second factor, and identities of an OpenID provider."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

KEY = sa.String(64)
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create both tables."""
    op.create_table(
        "second_factor",
        sa.Column("account_key", KEY, nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("confirmed_at", MOMENT),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_key"], ["account.account_key"], name="fk_second_factor_account_key"
        ),
        sa.PrimaryKeyConstraint("account_key", name="pk_second_factor"),
    )
    op.create_table(
        "identity",
        sa.Column("issuer", sa.String(300), nullable=False),
        sa.Column("subject", sa.String(255), nullable=False),
        sa.Column("account_key", KEY, nullable=False),
        sa.Column("bound_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_key"], ["account.account_key"], name="fk_identity_account_key"
        ),
        sa.PrimaryKeyConstraint("issuer", "subject", name="pk_identity"),
        sa.UniqueConstraint("issuer", "account_key", name="uq_identity_account"),
    )


def downgrade() -> None:
    """Drop both: people log in with their passwords again."""
    op.drop_table("identity")
    op.drop_table("second_factor")
