"""Statements of the write path: compiled once for each kind of database, then run on the driver itself.

SQLAlchemy composes them and converts their values; what it does anew for each execution costs several
times what the statement costs (docs/adr/0008-write-path.md).
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.expression import Executable

Convert = Callable[[Any], Any] | None


class Prepared:
    """A statement with named parameters (`bindparam`, or the columns named in `values`)."""

    def __init__(self, statement: Executable, *columns: str) -> None:
        """`columns`: those that an INSERT or UPDATE sets from parameters of the same names."""
        self._statement = statement
        self._columns = list(columns) or None
        self._plans: dict[str, _Plan] = {}

    def run(self, connection: Connection, parameters: Mapping[str, Any]) -> Any:
        """Execute inside the connection's transaction; the driver's cursor. Raises DBAPIError."""
        plan = self._plan(connection)
        given = plan.bind(parameters)
        driver = connection.connection.driver_connection
        assert driver is not None
        try:
            return driver.execute(plan.sql, given)
        except plan.fault as wrong:
            raise _told(connection, wrong, plan.sql) from wrong

    def first(self, connection: Connection, parameters: Mapping[str, Any]) -> Any | None:
        """The first row (values by column name), or None."""
        row = self.run(connection, parameters).fetchone()
        return None if row is None else self._plan(connection).row(row)

    def all(self, connection: Connection, parameters: Mapping[str, Any]) -> list[Any]:
        """All rows (values by column name)."""
        plan = self._plan(connection)
        return [plan.row(row) for row in self.run(connection, parameters).fetchall()]

    def _plan(self, connection: Connection) -> _Plan:
        dialect = connection.dialect
        plan = self._plans.get(dialect.name)
        if plan is None:
            plan = self._plans[dialect.name] = _Plan(self._statement, self._columns, dialect)
        return plan


class _Plan:
    """A statement as one kind of database gets it."""

    def __init__(self, statement: Executable, columns: list[str] | None, dialect: Dialect) -> None:
        compiled: Any = statement.compile(dialect=dialect, column_keys=columns)  # type: ignore[attr-defined]
        assert dialect.dbapi is not None
        self.sql: str = compiled.string
        self.fault: type[Exception] = dialect.dbapi.Error
        self._constants = {k: v for k, v in compiled.params.items() if v is not None}
        self._order: list[str] | None = compiled.positiontup if compiled.positional else None
        self._names: list[str] = self._order or list(compiled.params)
        converts: Mapping[str, Convert] = compiled._bind_processors
        self._converts = [(name, converts.get(name)) for name in self._names]
        found = [(c.keyname, c.type) for c in compiled._result_columns]
        self._row: Any = namedtuple("Row", [name for name, _ in found]) if found else tuple
        self._reads: list[Convert] = [
            type_._cached_result_processor(dialect, None) for _, type_ in found
        ]

    def bind(self, parameters: Mapping[str, Any]) -> Any:
        """Values as the driver wants them."""
        values = [
            convert(value) if convert is not None else value
            for name, convert in self._converts
            for value in (parameters[name] if name in parameters else self._constants[name],)
        ]
        return values if self._order else dict(zip(self._names, values, strict=True))

    def row(self, row: Any) -> Any:
        """A row as values of ours."""
        return self._row(
            *(
                read(value) if read is not None else value
                for read, value in zip(self._reads, row, strict=True)
            )
        )


@contextmanager
def pipelined(connection: Connection) -> Iterator[None]:
    """Statements inside are sent together where the database can (PostgreSQL).

    Only `Prepared` may be used inside; faults of all of them may appear at the end.
    """
    if connection.dialect.name != "postgresql":
        yield
        return
    driver: Any = connection.connection.driver_connection
    assert connection.dialect.dbapi is not None
    try:
        with driver.pipeline():
            yield
    except connection.dialect.dbapi.Error as wrong:
        raise _told(connection, wrong, "pipeline") from wrong


def _told(connection: Connection, wrong: Exception, sql: str) -> Exception:
    """A driver's error as SQLAlchemy tells it."""
    fault: Any = connection.dialect.dbapi
    return DBAPIError.instance(sql, None, wrong, fault.Error, dialect=connection.dialect)
