"""Processes that begin by date: a timer on their start event says when; whoever may can begin one earlier."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import Connection, bindparam, func, select

from service.commands._advance import Act, advance_locked
from service.commands._locked import new_instance
from service.definitions import in_force, newest_definition
from service.engine import Definition, evaluate
from service.model.actor import SYSTEM
from service.model.inputs import StartInstance
from service.regulation.dates import local_date, start_of_day
from service.store import history
from service.store import tables as t

_LAST = select(func.max(t.instance.c.started_at)).where(
    t.instance.c.process_id == bindparam("process")
)
_FIRST = select(func.min(t.event.c.at))


@dataclass(frozen=True)
class DueStart:
    """A process and the moment from which it is to begin again."""

    process_id: str
    name: str
    due: datetime


def due_starts(connection: Connection, *, now: datetime) -> list[DueStart]:
    """When each process that starts by date is due next, the earliest first; past ones too.

    The expression of the start event sees `since`: the day on which the process began last, or on which
    the record begins. A worker that was down starts one instance, not one for each date that it missed.
    """
    definition = in_force(connection, newest_definition(connection), now)
    found = [
        DueStart(process.id, process.name, due)
        for process in definition.processes.values()
        if process.start.event == "timer"
        for due in [_due(connection, definition, process.id)]
        if due is not None
    ]
    return sorted(found, key=lambda one: (one.due, one.process_id))


def start_by_date(connection: Connection, process_id: str, *, now: datetime) -> DueStart | None:
    """Begin a process that is due; None when it is not (any more): two workers begin it once."""
    history.queue_up(connection)  # whoever comes second sees what the first has begun
    due = {one.process_id: one for one in due_starts(connection, now=now)}.get(process_id)
    if due is None or due.due > now:
        return None
    definition = newest_definition(connection)
    locked = new_instance(definition, process_id, None, {})
    about = {"element": definition.processes[process_id].start.id, "due": due.due.isoformat()}
    act = Act(SYSTEM, "start_instance", now, about)
    advance_locked(connection, locked, StartInstance(process_id), act)
    return due


def _due(connection: Connection, definition: Definition, process_id: str) -> datetime | None:
    last = connection.execute(_LAST, {"process": process_id}).scalar()
    since = last or connection.execute(_FIRST).scalar()
    if since is None:
        return None
    start = definition.processes[process_id].start
    names = {"since": local_date(_utc(since)), "settings": definition.setting_values}
    found = evaluate(definition, start.timer or "", names, _utc(since), start)
    if isinstance(found, date) and not isinstance(found, datetime):
        return start_of_day(found).astimezone(UTC)
    return None


def _utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
