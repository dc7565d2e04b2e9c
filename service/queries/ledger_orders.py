"""In which order the ledger is read: by number, or by another of its columns and then by number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, exists, func, literal, select, tuple_

from service.model.errors import BadInput
from service.queries.cursor import Place, after_row, read_place
from service.regulation.facts import Fact
from service.store import tables as t

FIRST = "-no"
LOWEST = -(2**61)  # the place of what has no amount: below every amount that there is


@dataclass(frozen=True)
class _Part:
    """Projects that an index has in order: `place` is their column, `beside` the table that has it and how it is
    joined, `only` which projects these are.
    """

    place: Any
    beside: tuple[Any, Any] | None = None
    only: ColumnElement[bool] | None = None


@dataclass(frozen=True)
class LedgerOrder:
    """`name` with its sign; `kind` of its places; the parts that follow each other, the lowest first."""

    name: str
    kind: type
    parts: tuple[_Part, ...]

    @property
    def falls(self) -> bool:
        """Whether the greatest comes first."""
        return self.name.startswith("-")

    def first(
        self, connection: Connection, query: Select[Any], after: str, limit: int | None
    ) -> list[Any]:
        """At most `limit` rows of a query over projects, with `at`, behind a cursor. Raises BadInput.

        A part is only read when those before it have not filled the page.
        """
        behind = read_place(after, self.kind, self.name) if after else None
        found: list[Any] = []
        for part in reversed(self.parts) if self.falls else self.parts:
            if limit is None or len(found) < limit:
                wanted = self._ordered(query, part, behind)
                left = None if limit is None else limit - len(found)
                found += connection.execute(wanted.limit(left)).all()
        return found

    def _ordered(
        self, query: Select[Any], part: _Part, behind: tuple[Place, str] | None
    ) -> Select[Any]:
        no = t.project.c.no
        query = query.add_columns(part.place.label("at"))
        if part.beside:
            query = query.join(*part.beside)
        if part.only is not None:
            query = query.where(part.only)
        if behind:
            type_ = t.UtcDateTime() if self.kind is datetime else None
            here = tuple_(part.place, no)
            there = tuple_(literal(behind[0], type_), literal(behind[1]))
            query = query.where(here < there if self.falls else here > there)
        return query.order_by(*(c.desc() if self.falls else c.asc() for c in (part.place, no)))

    def after(self, row: Any) -> str:
        """The cursor behind a row."""
        return after_row(row.at, row.no, self.name)


def order_of_ledger(name: str, amounts: Sequence[Fact]) -> LedgerOrder:
    """The order of a name: a column, or the id of an amount. Raises BadInput for another."""
    name = name or FIRST
    bare = name.removeprefix("-")
    if bare in _COLUMNS:
        kind, place = _COLUMNS[bare]
        return LedgerOrder(name, kind, (_Part(place),))
    if bare in [fact.id for fact in amounts]:
        return LedgerOrder(name, int, _by_amount(bare))
    raise BadInput("不能按这一列排序，请从表头选。")


def _by_amount(name: str) -> tuple[_Part, ...]:
    """Those that have none, then those that have one in the order of the index of amounts."""
    ordered = t.project_amount.alias("ordered")  # filters ask the table itself
    same = (ordered.c.project_key == t.project.c.project_key) & (ordered.c.name == name)
    lacking = ~exists().where(same)
    return _Part(literal(LOWEST), only=lacking), _Part(ordered.c.fen, (ordered, same))


_UNIT = (
    select(t.unit.c.spelling)
    .where(t.unit.c.unit_id == t.project.c.unit_id)
    .correlate(t.project)
    .scalar_subquery()
)
_COLUMNS: Mapping[str, tuple[type, Any]] = {
    "no": (str, t.project.c.no),
    "name": (str, t.project.c.spelling),
    "status": (str, t.project.c.status),
    "unit": (str, func.coalesce(_UNIT, "")),
    "due": (datetime, t.project.c.order_at),
    "created": (datetime, t.project.c.created_at),
}
