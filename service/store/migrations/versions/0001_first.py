"""The first schema; event, submission and bundles can only be inserted into.

Written out, not taken from the tables of today: a migration never changes after it has run somewhere.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Column, Integer, Text

revision = "0001"
down_revision = None

KEY = sa.String(64)
ID = sa.String(200)
MOMENT = sa.DateTime(timezone=True)
BIG = sa.BigInteger().with_variant(Integer(), "sqlite")


def upgrade() -> None:
    """Create all tables, and the triggers that refuse to change history."""
    _create_tables()
    dialect = op.get_bind().dialect.name
    for table in ("event", "submission", "deployment_file"):
        for act in ("UPDATE", "DELETE"):
            for statement in _guard(dialect, table, act):
                op.execute(statement)


def _guard(dialect: str, table: str, act: str) -> list[str]:
    name = f"{table}_no_{act.lower()}"
    words = f"{table} is append-only"
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER {name} BEFORE {act} ON {table} BEGIN SELECT RAISE(ABORT, '{words}'); END"
        ]
    return [
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger AS $$ BEGIN "
        f"RAISE EXCEPTION '{words}'; END $$ LANGUAGE plpgsql",
        f"CREATE TRIGGER {name} BEFORE {act} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
    ]


def _create_tables() -> None:
    op.create_table(
        "account",
        Column("account_key", KEY, nullable=False),
        Column("login", sa.String(length=60), nullable=False),
        Column("name", Text(), nullable=False),
        Column("unit_id", ID, nullable=False),
        Column("unit_name", Text(), nullable=False),
        Column("post", Text(), nullable=False),
        Column("groups", sa.JSON(), nullable=False),
        Column("password_hash", Text(), nullable=False),
        Column("failures", Integer(), server_default="0", nullable=False),
        Column("locked_until", MOMENT, nullable=True),
        Column("disabled", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("account_key", name="pk_account"),
        sa.UniqueConstraint("login", name="uq_account_login"),
    )
    op.create_index("ix_account_unit", "account", ["unit_id"])
    op.create_table(
        "attachment",
        Column("digest", KEY, nullable=False),
        Column("name", Text(), nullable=False),
        Column("size", sa.BigInteger(), nullable=False),
        Column("uploaded_by", KEY, nullable=False),
        Column("uploaded_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_attachment"),
    )
    op.create_table(
        "deployment",
        Column("digest", KEY, nullable=False),
        Column("version", Integer(), nullable=False),
        Column("deployed_at", MOMENT, nullable=False),
        Column("deployed_by", Text(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_deployment"),
        sa.UniqueConstraint("version", name="uq_deployment_version"),
    )
    op.create_table(
        "draft",
        Column("task_key", KEY, nullable=False),
        Column("account_key", KEY, nullable=False),
        Column("content", Text(), nullable=False),
        Column("saved_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("task_key", "account_key", name="pk_draft"),
    )
    op.create_table(
        "event",
        Column("seq", BIG, autoincrement=False, nullable=False),
        Column("instance_key", KEY, nullable=True),
        Column("instance_seq", Integer(), nullable=True),
        Column("project_key", KEY, nullable=True),
        Column("at", MOMENT, nullable=False),
        Column("act", sa.String(length=40), nullable=False),
        Column("body", Text(), nullable=False),
        Column("prev_hash", KEY, nullable=False),
        Column("hash", KEY, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_event"),
        sa.UniqueConstraint(
            "instance_key", "instance_seq", name="uq_event_instance_key_instance_seq"
        ),
    )
    op.create_index("ix_event_project", "event", ["project_key", "seq"])
    op.create_table(
        "idempotency",
        Column("account_key", KEY, nullable=False),
        Column("idempotency_key", sa.String(length=120), nullable=False),
        Column("request_digest", KEY, nullable=False),
        Column("answer", Text(), nullable=False),
        Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("account_key", "idempotency_key", name="pk_idempotency"),
    )
    op.create_table(
        "notice",
        Column("notice_key", KEY, nullable=False),
        Column("project_key", KEY, nullable=True),
        Column("instance_key", KEY, nullable=False),
        Column("name", ID, nullable=False),
        Column("payload", Text(), nullable=False),
        Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("notice_key", name="pk_notice"),
    )
    op.create_index("ix_notice_project", "notice", ["project_key", "at"])
    op.create_table(
        "project",
        Column("project_key", KEY, nullable=False),
        Column("no", sa.String(length=40), nullable=False),
        Column("unit_id", ID, nullable=False),
        Column("name", Text(), server_default="", nullable=False),
        Column("status", sa.String(length=60), server_default="", nullable=False),
        Column("facts", Text(), server_default="{}", nullable=False),
        Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("project_key", name="pk_project"),
        sa.UniqueConstraint("no", name="uq_project_no"),
    )
    op.create_index("ix_project_unit", "project", ["unit_id", "project_key"])
    op.create_table(
        "security_log",
        Column("entry_key", KEY, nullable=False),
        Column("at", MOMENT, nullable=False),
        Column("account_key", KEY, nullable=True),
        Column("act", Text(), nullable=False),
        Column("status", Integer(), nullable=False),
        Column("reason", Text(), nullable=False),
        sa.PrimaryKeyConstraint("entry_key", name="pk_security_log"),
    )
    op.create_index("ix_security_log_at", "security_log", ["at"])
    op.create_table(
        "submission",
        Column("submission_key", KEY, nullable=False),
        Column("digest", KEY, nullable=False),
        Column("form_id", ID, nullable=False),
        Column("task_key", KEY, nullable=False),
        Column("instance_key", KEY, nullable=False),
        Column("project_key", KEY, nullable=True),
        Column("submitted_by", KEY, nullable=False),
        Column("submitted_at", MOMENT, nullable=False),
        Column("content", Text(), nullable=False),
        sa.PrimaryKeyConstraint("submission_key", name="pk_submission"),
    )
    op.create_index("ix_submission_project", "submission", ["project_key", "form_id"])
    op.create_index("ix_submission_task", "submission", ["task_key"])
    op.create_table(
        "deployment_file",
        Column("digest", KEY, nullable=False),
        Column("path", sa.String(length=300), nullable=False),
        Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["digest"], ["deployment.digest"], name="fk_deployment_file_digest"
        ),
        sa.PrimaryKeyConstraint("digest", "path", name="pk_deployment_file"),
    )
    op.create_table(
        "instance",
        Column("instance_key", KEY, nullable=False),
        Column("process_id", ID, nullable=False),
        Column("project_key", KEY, nullable=True),
        Column("digest", KEY, nullable=False),
        Column("state", sa.LargeBinary(), nullable=False),
        Column("seq", Integer(), nullable=False),
        Column("status", sa.String(length=20), nullable=False),
        Column("started_at", MOMENT, nullable=False),
        Column("ended_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["digest"], ["deployment.digest"], name="fk_instance_digest"),
        sa.PrimaryKeyConstraint("instance_key", name="pk_instance"),
    )
    op.create_index("ix_instance_project", "instance", ["project_key", "status"])
    op.create_table(
        "participant",
        Column("project_key", KEY, nullable=False),
        Column("group_id", ID, nullable=False),
        Column("unit_id", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["project_key"], ["project.project_key"], name="fk_participant_project_key"
        ),
        sa.PrimaryKeyConstraint("project_key", "group_id", name="pk_participant"),
    )
    op.create_index("ix_participant_unit", "participant", ["unit_id", "group_id"])
    op.create_table(
        "session",
        Column("session_hash", KEY, nullable=False),
        Column("account_key", KEY, nullable=False),
        Column("kind", sa.String(length=10), nullable=False),
        Column("created_at", MOMENT, nullable=False),
        Column("expires_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_key"], ["account.account_key"], name="fk_session_account_key"
        ),
        sa.PrimaryKeyConstraint("session_hash", name="pk_session"),
    )
    op.create_index("ix_session_account", "session", ["account_key"])
    op.create_table(
        "awaited_message",
        Column("task_key", KEY, nullable=False),
        Column("instance_key", KEY, nullable=False),
        Column("project_key", KEY, nullable=True),
        Column("process_id", ID, nullable=False),
        Column("element_id", ID, nullable=False),
        Column("name", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["instance_key"], ["instance.instance_key"], name="fk_awaited_message_instance_key"
        ),
        sa.PrimaryKeyConstraint("task_key", name="pk_awaited_message"),
    )
    op.create_index("ix_awaited_message_name", "awaited_message", ["project_key", "name"])
    op.create_table(
        "due_timer",
        Column("task_key", KEY, nullable=False),
        Column("instance_key", KEY, nullable=False),
        Column("process_id", ID, nullable=False),
        Column("element_id", ID, nullable=False),
        Column("due_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["instance_key"], ["instance.instance_key"], name="fk_due_timer_instance_key"
        ),
        sa.PrimaryKeyConstraint("task_key", name="pk_due_timer"),
    )
    op.create_index("ix_due_timer_due", "due_timer", ["due_at", "task_key"])
    op.create_index("ix_due_timer_instance", "due_timer", ["instance_key"])
    op.create_table(
        "task",
        Column("task_key", KEY, nullable=False),
        Column("instance_key", KEY, nullable=False),
        Column("project_key", KEY, nullable=True),
        Column("process_id", ID, nullable=False),
        Column("element_id", ID, nullable=False),
        Column("group_id", ID, nullable=False),
        Column("unit_id", ID, nullable=True),
        Column("member", ID, nullable=True),
        Column("status", sa.String(length=12), nullable=False),
        Column("created_at", MOMENT, nullable=False),
        Column("due_at", MOMENT, nullable=True),
        Column("assignee", KEY, nullable=True),
        Column("assignee_name", Text(), nullable=True),
        Column("claimed_at", MOMENT, nullable=True),
        Column("ended_at", MOMENT, nullable=True),
        Column("ended_by", KEY, nullable=True),
        Column("ended_by_name", Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["instance_key"], ["instance.instance_key"], name="fk_task_instance_key"
        ),
        sa.PrimaryKeyConstraint("task_key", name="pk_task"),
    )
    op.create_index("ix_task_done", "task", ["ended_by", "ended_at"])
    op.create_index(
        "ix_task_inbox",
        "task",
        ["group_id", "unit_id", "due_at", "task_key"],
        sqlite_where=sa.text("status = 'open'"),
        postgresql_where=sa.text("status = 'open'"),
    )
    op.create_index("ix_task_instance", "task", ["instance_key", "status"])
    op.create_index(
        "ix_task_mine",
        "task",
        ["assignee", "due_at", "task_key"],
        sqlite_where=sa.text("status = 'open'"),
        postgresql_where=sa.text("status = 'open'"),
    )
    op.create_index("ix_task_project", "task", ["project_key", "status"])
