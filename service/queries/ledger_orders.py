"""In which order the ledger is read: by number, or by another of its columns and then by number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, literal, select, tuple_

from service.model.errors import BadInput
from service.queries.cursor import after_row, read_place
from service.regulation.facts import Fact
from service.store import tables as t

FIRST = "-no"


@dataclass(frozen=True)
class LedgerOrder:
    """`name` with its sign; `place`: the column, of a `kind`, for a project; `beside`: the table that has it,
    and how it is joined.
    """

    name: str
    kind: type
    place: Any
    beside: tuple[Any, Any] | None = None

    @property
    def falls(self) -> bool:
        """Whether the greatest comes first."""
        return self.name.startswith("-")

    def applied(self, query: Select[Any], after: str) -> Select[Any]:
        """A query over projects in this order, with `at`, behind a cursor. Raises BadInput."""
        no = t.project.c.no
        query = query.add_columns(self.place.label("at"))
        if self.beside:
            query = query.outerjoin(*self.beside)
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
    bare = name.removeprefix("-")
    if bare in _COLUMNS:
        return LedgerOrder(name, *_COLUMNS[bare])
    if bare in [fact.id for fact in amounts]:
        ordered = t.project_amount.alias("ordered")  # filters ask the table itself
        a = ordered.c
        same = (a.project_key == t.project.c.project_key) & (a.name == bare)
        return LedgerOrder(name, int, func.coalesce(a.fen, -1), (ordered, same))
    raise BadInput("不能按这一列排序，请从表头选。")


# when the first of a project's open tasks is due: one look into the index of each project's tasks
_DUE = (
    select(func.min(t.task.c.due_at))
    .where(
        t.task.c.project_key == t.project.c.project_key,
        t.task.c.status == "open",
        t.task.c.due_at.is_not(None),
    )
    .correlate(t.project)
    .scalar_subquery()
)
_NEVER = literal(t.NO_DUE, t.UtcDateTime())
_COLUMNS: Mapping[str, tuple[Any, ...]] = {
    "no": (str, t.project.c.no),
    "name": (str, t.project.c.spelling),
    "status": (str, t.project.c.status),
    "unit": (
        str,
        func.coalesce(t.unit.c.spelling, ""),
        (t.unit, t.unit.c.unit_id == t.project.c.unit_id),
    ),
    "due": (datetime, func.coalesce(_DUE, _NEVER)),
    "created": (datetime, t.project.c.created_at),
}
