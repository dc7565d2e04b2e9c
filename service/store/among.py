"""Rows whose key is one of many, with the keys as one value.

`column.in_(keys)` writes a parameter for every key: both databases then read a longer statement, and the
driver of PostgreSQL another statement for every number of keys. Measured for a page of the ledger on
PostgreSQL: a third of its time.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, String, Text, TypeDecorator, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class _Keys(TypeDecorator[list[str]]):
    """Keys in one parameter: an array on PostgreSQL, JSON on SQLite."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Any) -> Any:
        """The type of the database."""
        native = ARRAY(String) if dialect.name == "postgresql" else Text()
        return dialect.type_descriptor(native)

    def process_bind_param(self, value: list[str] | None, dialect: Any) -> Any:
        """To the database."""
        return value if dialect.name == "postgresql" else json.dumps(value)


class _Among(FunctionElement[bool]):
    inherit_cache = (
        True  # no type: a Boolean would be written `… = 1` on SQLite, which no index answers
    )


@compiles(_Among, "sqlite")
def _in_json(element: Any, compiler: Any, **kw: Any) -> str:
    column, keys = (compiler.process(one, **kw) for one in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({keys}))"  # noqa: S608 (both are compiled)


@compiles(_Among, "postgresql")
def _any_of_array(element: Any, compiler: Any, **kw: Any) -> str:
    column, keys = (compiler.process(one, **kw) for one in element.clauses)
    return f"{column} = ANY ({keys})"


def among(column: ColumnElement[Any], keys: Iterable[str]) -> ColumnElement[bool]:
    """Whether a text column has one of these keys; never where there are none."""
    return _Among(column, bindparam(None, list(keys), _Keys(), unique=True))
