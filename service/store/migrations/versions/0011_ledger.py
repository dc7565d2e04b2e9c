"""Amounts of projects as numbers, and the county's open tasks in order of their dates."""

import json
from decimal import Decimal

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

OPEN = sa.text("status = 'open'")
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create table and index; fill the table from the facts that projects have."""
    amount = op.create_table(
        "project_amount",
        sa.Column("project_key", sa.String(64), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("fen", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["project_key"], ["project.project_key"], name="fk_project_amount_project_key"
        ),
        sa.PrimaryKeyConstraint("project_key", "name", name="pk_project_amount"),
    )
    op.create_index(
        "ix_task_open",
        "task",
        ["order_at", "task_key"],
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    op.drop_index("ix_task_project", "task")
    op.create_index(
        "ix_task_project", "task", ["project_key", "status", "due_at", "group_id", "unit_id"]
    )
    rows = op.get_bind().execute(sa.text("SELECT project_key, facts FROM project")).all()
    found = [
        {"project_key": key, "name": name, "fen": fen}
        for key, facts in rows
        for name, fen in _amounts(facts)
    ]
    if found:
        op.bulk_insert(amount, found)


def _amounts(facts: str) -> list[tuple[str, int]]:
    """Numbers as the log writes them: {"number": "180000.00"}."""
    return [
        (name, int(Decimal(value["number"]).scaleb(2).to_integral_value()))
        for name, value in json.loads(facts).items()
        if isinstance(value, dict) and list(value) == ["number"]
    ]


def downgrade() -> None:
    """Drop both; the table repeats what the facts say."""
    op.drop_index("ix_task_open", "task")
    op.drop_index("ix_task_project", "task")
    op.create_index("ix_task_project", "task", ["project_key", "status"])
    op.drop_table("project_amount")
