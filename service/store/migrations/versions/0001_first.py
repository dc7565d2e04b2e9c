"""The first schema; event, submission and bundles can only be inserted into."""

from alembic import op

from service.store.tables import APPEND_ONLY, metadata

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create all tables, and the triggers that refuse to change history."""
    connection = op.get_bind()
    metadata.create_all(connection)
    for table in APPEND_ONLY:
        for act in ("UPDATE", "DELETE"):
            for statement in _guard(connection.dialect.name, table, act):
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
