"""Lines of the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, select

from service.definitions import newest_definition
from service.queries.projects import holding
from service.store import tables as t
from service.store.among import among
from service.store.register import unit_names


@dataclass(frozen=True)
class LedgerRow:
    """A project: `amounts` in yuan by fact, those that are known; `holders` have its open tasks, the first of
    which is due at `due_at`.
    """

    project_key: str
    no: str
    name: str
    unit: str
    status: str
    amounts: dict[str, Decimal]
    holders: tuple[str, ...]
    due_at: datetime | None
    created_at: datetime


def rows_of(
    connection: Connection, projects: Sequence[Any], names: Sequence[str]
) -> list[LedgerRow]:
    """The lines of project rows, with the amounts of these names."""
    units = unit_names(connection)
    keys = [row.project_key for row in projects]
    holders = holding(connection, newest_definition(connection), units, keys)
    amounts = _amounts(connection, keys, names)
    return [
        LedgerRow(
            row.project_key, row.no, row.name or "（未命名项目）",
            units.get(row.unit_id, row.unit_id), row.status,
            amounts.get(row.project_key, {}), holders.get(row.project_key, ()),
            None if row.order_at == t.NO_DUE else row.order_at, row.created_at,
        )
        for row in projects
    ]  # fmt: skip


def _amounts(
    connection: Connection, keys: list[str], names: Sequence[str]
) -> dict[str, dict[str, Decimal]]:
    a = t.project_amount.c
    found: dict[str, dict[str, Decimal]] = {}
    query = select(t.project_amount).where(among(a.project_key, keys), a.name.in_(names))
    for row in connection.execute(query):
        found.setdefault(row.project_key, {})[row.name] = Decimal(row.fen).scaleb(-2)
    return found
