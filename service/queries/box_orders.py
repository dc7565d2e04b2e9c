"""In which order a box of the inbox is read, and which of its rows are asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, literal, tuple_

from service.definitions import in_force, newest_definition
from service.model.errors import BadInput
from service.queries.cursor import read_place
from service.queries.matching import tasks_with
from service.regulation.dates import local_date, start_of_day
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

    `by`: "row": an index has the rows in this order; "list": the whole list has to be sorted; "project":
    projects are gone through (`by_project`), `kind` and `place` mean nothing.
    """

    name: str
    kind: type
    place: Callable[[Any], ColumnElement[Any]]
    by: str = "row"

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


# name: kind, place among the columns of a task's row, how the rows are found
_TASKS: dict[str, tuple[type, Callable[[Any], ColumnElement[Any]], str]] = {
    "due": (datetime, _of_row("order_at"), "row"),
    "since": (datetime, _of_row("created_at"), "row"),
    "ended": (datetime, _of_row("ended_at"), "row"),
    "holder": (str, lambda row: func.coalesce(t.account.c.spelling, ""), "list"),
}
_INSTANCES = {"at": (datetime, _of_row("at"), "row")}
_PROJECTS = ("name", "unit", "amount")
_FIRST = {"todo": "due", "unit": "due", "done": "-ended", "closed": "-at", "started": "-at"}
_NOT_OF = {"todo": {"ended"}, "unit": {"ended"}, "done": {"due", "since", "holder"}}


def order_of(box: str, name: str) -> Order:
    """The order of a name in a box, the box's own without a name. Raises BadInput for one it has not."""
    name = name or _FIRST[box]
    bare = name.removeprefix("-")
    known = _TASKS if box in _NOT_OF else _INSTANCES
    if bare in _PROJECTS:
        return Order(name, str, _of_row("task_key"), "project")
    if bare not in known or bare in _NOT_OF.get(box, ()):
        raise BadInput("不能按这一列排序，请从表头选。")
    return Order(name, *known[bare])


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
