"""Migrations make the tables that the code knows."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from service.store.schema import upgrade
from service.store.session import create_engine
from service.store.tables import metadata


def test_migrations_equal_tables(database_url: str) -> None:
    engine = create_engine(database_url)
    upgrade(engine)
    upgrade(engine)
    with engine.connect() as connection:
        found = compare_metadata(MigrationContext.configure(connection), metadata)
    engine.dispose()
    assert found == []
