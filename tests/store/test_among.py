"""Rows by a list of keys: those that a comparison with each would find, through the index."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, event, insert, select

from service.store import tables as t
from service.store.among import among
from service.store.session import create_engine

HERE = ["p1", "p2", "p'3", 'p"4', "项目五"]
COLUMN = t.unit.c.unit_id


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """A database with a few units."""
    engine = create_engine(database_url)
    t.unit.create(engine)
    with engine.begin() as connection:
        for key in HERE:
            unit = {"unit_id": key, "name": key, "kind": "unit", "groups": [], "aliases": []}
            connection.execute(insert(t.unit), unit)
    yield engine
    engine.dispose()


def found(engine: Engine, keys: list[str]) -> list[str]:
    with engine.connect() as connection:
        return sorted(connection.execute(select(COLUMN).where(among(COLUMN, keys))).scalars())


@settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(keys=st.lists(st.sampled_from([*HERE, "p9", "", "%", "p"]), max_size=6))
def test_what_is_among_the_keys_is_found(engine: Engine, keys: list[str]) -> None:
    assert found(engine, keys) == sorted(set(keys) & set(HERE))


def test_more_keys_than_a_statement_may_have_parameters(engine: Engine) -> None:
    assert found(engine, [*HERE, *(f"x{n}" for n in range(70_000))]) == sorted(HERE)


def test_an_index_answers(engine: Engine) -> None:
    explain = {"sqlite": "EXPLAIN QUERY PLAN ", "postgresql": "EXPLAIN "}[engine.dialect.name]
    if engine.dialect.name == "postgresql":  # which reads so small a table whole
        event.listen(engine, "begin", lambda c: c.exec_driver_sql("SET enable_seqscan = off"))
    with engine.connect() as connection:
        connection.begin()

        @event.listens_for(connection, "before_cursor_execute", retval=True)
        def _explained(_c, _cursor, statement, values, *_rest):
            return explain + statement, values

        said = str(connection.execute(select(t.unit.c.name).where(among(COLUMN, HERE))).all())
    assert "SEARCH unit" in said or "Index Scan" in said, said
