"""In which order the ledger is read: by number, or by another of its columns and then by number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, select, tuple_

from service.model.errors import BadInput
from service.queries.cursor import after_row, read_place
from service.regulation.facts import Fact
from service.store import tables as t

FIRST = "-no"


@dataclass(frozen=True)
class LedgerOrder:
    """`name` with its sign; `place`: the column, of a `kind`, for a project."""

    name: str
    kind: type
    place: Any

    @property
    def falls(self) -> bool:
        """Whether the greatest comes first."""
        return self.name.startswith("-")

    def applied(self, query: Select[Any], after: str) -> Select[Any]:
        """A query over projects in this order, with `at`, behind a cursor. Raises BadInput."""
        no = t.project.c.no
        query = query.add_columns(self.place.label("at"))
        if after:
            value, last = read_place(after, self.kind, self.name)
            type_ = t.UtcDateTime() if self.kind is datetime else None
            here, there = tuple_(self.place, no), tuple_(literal(value, type_), literal(last))
            query = query.where(here < there if self.falls else here > there)
        return query.order_by(*(c.desc() if self.falls else c.asc() for c in (self.place, no)))

    def after(self, row: Any) -> str:
        """The cursor behind a row."""
        return after_row(row.at, row.no, self.name)


def order_of_ledger(name: str, amounts: Sequence[Fact]) -> LedgerOrder:
    """The order of a name: a column, or the id of an amount. Raises BadInput for another."""
    name = name or FIRST
    places: Mapping[str, tuple[type, Any]] = {
        **{fact.id: (int, _amount(fact.id)) for fact in amounts},
        **_COLUMNS,
    }
    if name.removeprefix("-") not in places:
        raise BadInput("不能按这一列排序，请从表头选。")
    kind, place = places[name.removeprefix("-")]
    return LedgerOrder(name, kind, place)


def _amount(name: str) -> ColumnElement[int]:
    a = t.project_amount.c
    found = select(a.fen).where(a.project_key == t.project.c.project_key, a.name == name)
    return func.coalesce(found.scalar_subquery(), -1)


def _due() -> ColumnElement[datetime]:
    """When the first of a project's open tasks is due."""
    task = t.task.c
    first = select(func.min(task.due_at)).where(
        task.project_key == t.project.c.project_key, task.status == "open"
    )
    return func.coalesce(first.scalar_subquery(), literal(t.NO_DUE, t.UtcDateTime()))


def _unit() -> ColumnElement[str]:
    name = select(t.unit.c.name).where(t.unit.c.unit_id == t.project.c.unit_id)
    return func.coalesce(name.scalar_subquery(), "")


_COLUMNS: Mapping[str, tuple[type, Any]] = {
    "no": (str, t.project.c.no),
    "name": (str, t.project.c.name),
    "status": (str, t.project.c.status),
    "unit": (str, _unit()),
    "due": (datetime, _due()),
    "created": (datetime, t.project.c.created_at),
}
