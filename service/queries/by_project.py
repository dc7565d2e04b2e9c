"""Lists in the order of something of their projects (name, unit, amount): project by project.

No index of the list itself has that order. Instead of reading the whole list and sorting it, projects are gone
through in their order, a piece at a time, and only as far as the page needs; what belongs to no project has the
lowest place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, literal, select, tuple_

from service.definitions import newest_definition
from service.queries.cursor import Place, after_row, read_place
from service.regulation.facts import listed_fact
from service.store import tables as t
from service.store.among import among

FIRST_PIECE, PIECE = 100, 900  # projects; databases take only so many values in one list
SHORT = 800  # rows
LOWEST: dict[str, Place] = {"name": "", "unit": "", "amount": -1}
_P = t.project.c


@dataclass(frozen=True)
class Placed:
    """A row of a list: its key, and the cursor behind it."""

    key: str
    after: str


@dataclass(frozen=True)
class _At:
    """A project at its place in the order; "" for what belongs to none."""

    place: Place
    project: str


def first_by_project(
    connection: Connection, rows: Select[Any], order: str, limit: int, after: str | None
) -> list[Placed]:
    """The first `limit` rows behind the cursor `after`, by project (`order`: name, unit or amount, `-` turns it
    round) and, within one, by key. A short list is read at once.

    `rows`: (key, project_key) of the whole list, in no order. Raises BadInput for a broken cursor.
    """
    falls, bare = order.startswith("-"), order.removeprefix("-")
    begin, last = _begin(order, LOWEST[bare], after)
    _, project_key = rows.selected_columns
    found: list[Placed] = []
    short = connection.execute(rows.limit(SHORT + 1)).all()
    at_once = _by_project(short) if len(short) <= SHORT else None
    only = None if at_once is None else [p for p in at_once if p]
    for piece in _pieces(connection, bare, begin, falls=falls, only=only):
        known = [at.project for at in piece if at.project]
        where = among(project_key, known) if known else project_key.is_(None)
        by_project = (
            _by_project(connection.execute(rows.where(where))) if at_once is None else at_once
        )
        for at in piece:
            keys = sorted(by_project.get(at.project, ()), reverse=falls)
            if begin and at.project == begin.project:
                keys = [k for k in keys if (k < last if falls else k > last)]
            found += [
                Placed(k, after_row(at.place, f"{at.project} {k}", order))
                for k in keys[: limit - len(found)]
            ]
            if len(found) == limit:
                return found
    return found


def _by_project(rows: Iterable[Any]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for key, project_key in rows:
        found.setdefault(project_key or "", []).append(key)
    return found


def _begin(order: str, lowest: Place, after: str | None) -> tuple[_At | None, str]:
    """The project and the key of the row behind which to go on."""
    if not after:
        return None, ""
    place, both = read_place(after, type(lowest), order)
    project, _, key = both.partition(" ")
    return _At(place, project), key


def _pieces(
    connection: Connection,
    bare: str,
    begin: _At | None,
    *,
    falls: bool,
    only: list[str] | None,
) -> Iterator[Sequence[_At]]:
    """Projects from that of the cursor on (itself too), in order, all or of `only`; what belongs to none is a
    piece of its own.
    """
    none = _At(LOWEST[bare], "")
    if begin == none and falls:
        yield [none]
        return
    if not falls and begin in (None, none):
        yield [none]
    size, itself = FIRST_PIECE, True
    wanted = [] if only is None else [among(_P.project_key, only)]
    while piece := _projects(connection, bare, begin, size, wanted, falls=falls, itself=itself):
        yield piece
        if len(piece) < size:
            break
        begin, size, itself = piece[-1], PIECE, False
    if falls:
        yield [none]


def _projects(
    connection: Connection,
    bare: str,
    begin: _At | None,
    size: int,
    wanted: Sequence[ColumnElement[bool]],
    *,
    falls: bool,
    itself: bool,
) -> list[_At]:
    """At most `size` of the wanted projects behind one, or from it on."""
    place, source = _place(connection, bare)
    columns = (place, _P.project_key)
    query = select(place.label("place"), _P.project_key).select_from(source).where(*wanted)
    if begin is not None:
        here, there = tuple_(*columns), tuple_(literal(begin.place), literal(begin.project))
        behind = (here <= there, here < there) if falls else (here >= there, here > there)
        query = query.where(behind[0 if itself else 1])
    query = query.order_by(*(c.desc() if falls else c.asc() for c in columns)).limit(size)
    return [_At(row.place, row.project_key) for row in connection.execute(query)]


def _place(connection: Connection, bare: str) -> tuple[ColumnElement[Any], Any]:
    if bare == "name":
        return _P.spelling, t.project
    if bare == "unit":
        return func.coalesce(t.unit.c.spelling, ""), t.project.outerjoin(
            t.unit, t.unit.c.unit_id == _P.unit_id
        )
    amount, listed = t.project_amount.c, listed_fact(newest_definition(connection).facts)
    same = and_(amount.project_key == _P.project_key, amount.name == listed)
    return func.coalesce(amount.fen, -1), t.project.outerjoin(t.project_amount, same)
