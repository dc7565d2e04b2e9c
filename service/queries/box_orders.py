"""In which order a box of the inbox is read, and which of its rows are asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, literal, select, tuple_

from service.definitions import in_force, newest_definition
from service.model.errors import BadInput
from service.queries.cursor import read_place
from service.queries.matching import tasks_with
from service.regulation.dates import local_date, start_of_day
from service.regulation.facts import listed_fact
from service.store import tables as t

NEAR = 3  # working days left from which a task is near its end (look.md)
LATE, SOON = "late", "near"


@dataclass(frozen=True)
class Asked:
    """What is asked of a box: words, `late` or `near` of the time limit, and an order (`-` turns it round)."""

    search: str = ""
    due: str = ""
    order: str = ""


@dataclass(frozen=True)
class Order:
    """An order: its name with its sign, the kind of its places, and the column that gives them.

    `own`: the place stands in the row itself, where an index may have it in this order.
    """

    name: str
    kind: type
    place: Callable[[Any], ColumnElement[Any]]
    own: bool

    @property
    def falls(self) -> bool:
        """Whether the greatest place comes first."""
        return self.name.startswith("-")

    def behind(self, after: str | None, place: Any, key: Any) -> list[ColumnElement[bool]]:
        """The condition for rows behind a cursor; none without one. Raises BadInput."""
        if not after:
            return []
        value, last = read_place(after, self.kind, self.name)
        type_ = t.UtcDateTime() if self.kind is datetime else None
        here, there = tuple_(place, key), tuple_(literal(value, type_), literal(last))
        return [here < there if self.falls else here > there]

    def sorted(self, *columns: Any) -> Sequence[Any]:
        """Columns in this order."""
        return [c.desc() if self.falls else c.asc() for c in columns]


def _of_row(name: str) -> Callable[[Any], ColumnElement[Any]]:
    return lambda row: row.c[name]


# name: kind, place among the columns of a task's or an instance's row, whether it is the row's own
_TASKS: dict[str, tuple[type, Callable[[Any], ColumnElement[Any]], bool]] = {
    "due": (datetime, _of_row("order_at"), True),
    "since": (datetime, _of_row("created_at"), False),
    "ended": (datetime, _of_row("ended_at"), True),
    "holder": (str, lambda row: func.coalesce(row.c.assignee_name, ""), False),
}
_INSTANCES: dict[str, tuple[type, Callable[[Any], ColumnElement[Any]], bool]] = {
    "at": (datetime, _of_row("at"), True),
}
_PROJECTS: dict[str, tuple[type, Callable[[Any], ColumnElement[Any]], bool]] = {
    "name": (str, lambda row: func.coalesce(t.project.c.name, ""), False),
    "unit": (str, lambda row: func.coalesce(t.unit.c.name, ""), False),
    "amount": (int, lambda row: func.coalesce(t.project_amount.c.fen, -1), False),
}
_FIRST = {"todo": "due", "unit": "due", "done": "-ended", "closed": "-at", "started": "-at"}
_NOT_OF = {"todo": {"ended"}, "unit": {"ended"}, "done": {"due", "since", "holder"}}


def order_of(box: str, name: str) -> Order:
    """The order of a name in a box, the box's own without a name. Raises BadInput for one it has not."""
    name = name or _FIRST[box]
    bare = name.removeprefix("-")
    known = {**(_TASKS if box in _NOT_OF else _INSTANCES), **_PROJECTS}
    if bare not in known or bare in _NOT_OF.get(box, ()):
        raise BadInput("不能按这一列排序，请从表头选。")
    return Order(name, *known[bare])


def first_by_project(
    connection: Connection, rows: Any, key: Any, order: Order, limit: int, after: str | None
) -> Select[Any]:
    """(key, at) by a column that no index has in order: all `rows` (a subquery with project_key) are read
    and the first ones kept.
    """
    at = order.place(rows)
    query = select(key, at.label("at")).select_from(_joined(connection, rows, order))
    query = query.where(*order.behind(after, at, key))
    return query.order_by(*order.sorted(at, key)).limit(limit)


def _joined(connection: Connection, rows: Any, order: Order) -> Any:
    """The rows with what the order reads of their projects, and nothing else: there may be many."""
    bare = order.name.removeprefix("-")
    if bare == "amount":
        listed = listed_fact(newest_definition(connection).facts)
        amount = t.project_amount.c
        same = and_(amount.project_key == rows.c.project_key, amount.name == listed)
        return rows.outerjoin(t.project_amount, same)
    if bare not in _PROJECTS:
        return rows
    projects = rows.outerjoin(t.project, t.project.c.project_key == rows.c.project_key)
    if bare == "unit":
        return projects.outerjoin(t.unit, t.unit.c.unit_id == t.project.c.unit_id)
    return projects


def asked_for(connection: Connection, asked: Asked, now: datetime) -> list[ColumnElement[bool]]:
    """Conditions on `task`. Raises BadInput for a time limit that is none."""
    found = tasks_with(connection, asked.search)
    if asked.due not in ("", LATE, SOON):
        raise BadInput("期限请选逾期或临近。")
    if asked.due == LATE:
        found.append(t.task.c.order_at < now)
    elif asked.due == SOON:
        found.append(and_(t.task.c.order_at >= now, t.task.c.order_at < soon_over(connection, now)))
    return found


def soon_over(connection: Connection, now: datetime) -> datetime:
    """The end of the third working day: what is due before it is near."""
    calendar = in_force(connection, newest_definition(connection), now).calendar
    last = calendar.working_days_after(local_date(now), NEAR)
    return start_of_day(last) + timedelta(days=1)
