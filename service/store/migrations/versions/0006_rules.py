"""Settings and working days that the county has changed; notices for units, and who has read them."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

MOMENT = sa.DateTime(timezone=True)
SEQ = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the tables, and the task of a notice."""
    _settings()
    _calendar()
    _notices()


def _settings() -> None:
    op.create_table(
        "setting_value",
        sa.Column("seq", SEQ, autoincrement=False, nullable=False),
        sa.Column("setting_id", sa.String(200), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("was", sa.Text(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("file_no", sa.Text(), nullable=False),
        sa.Column("instance_key", sa.String(64), nullable=False),
        sa.Column("signed", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_setting_value"),
    )
    op.create_index("ix_setting_value_setting", "setting_value", ["setting_id", "effective_on"])


def _calendar() -> None:
    op.create_table(
        "calendar_year",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("seq", SEQ, nullable=False),
        sa.PrimaryKeyConstraint("year", name="pk_calendar_year"),
    )
    op.create_table(
        "calendar_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("working", sa.Boolean(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("day", name="pk_calendar_day"),
        sa.ForeignKeyConstraint(["year"], ["calendar_year.year"], name="fk_calendar_day_year"),
    )
    op.create_index("ix_calendar_day_year", "calendar_day", ["year"])


def _notices() -> None:
    op.add_column("notice", sa.Column("task_key", sa.String(64)))
    op.create_index("ix_notice_task", "notice", ["task_key", "name"])
    op.create_table(
        "notice_to",
        sa.Column("notice_key", sa.String(64), nullable=False),
        sa.Column("group_id", sa.String(200), nullable=False),
        sa.Column("unit_id", sa.String(200)),
        sa.PrimaryKeyConstraint("notice_key", "group_id", name="pk_notice_to"),
        sa.ForeignKeyConstraint(
            ["notice_key"], ["notice.notice_key"], name="fk_notice_to_notice_key"
        ),
    )
    op.create_index("ix_notice_to_group", "notice_to", ["group_id", "unit_id"])
    op.create_table(
        "notice_read",
        sa.Column("notice_key", sa.String(64), nullable=False),
        sa.Column("account_key", sa.String(64), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("notice_key", "account_key", name="pk_notice_read"),
    )
    op.create_index("ix_notice_read_account", "notice_read", ["account_key"])
