"""Armed timers and time limits of open tasks follow what they read: a changed variable moves them.

The date is computed as on the day on which the timer was armed or the task opened (`today()` is that day),
with the values of now. A timer that has fired does not come back; one that no longer gets a date keeps the one it has.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from service.engine.clock import due_of
from service.engine.elements import Element
from service.engine.moment import Moment
from service.engine.opening import due_date
from service.engine.workflow import READY, WAITING
from service.model.events import FactsSet, TimerRescheduled, UserTaskRescheduled, VariablesSet


def rearm(moment: Moment) -> None:
    """Move the timers of the instance that read what this step has changed (or was told has changed)."""
    changed = moment.told | _set(moment)
    reads = moment.definition.date_reads
    if not changed & moment.definition.date_names:
        return
    for task in moment.loaded.workflow.all_tasks():
        element = moment.definition.element_of(task) if task._state in (WAITING, READY) else None
        if element and reads.get((element.process_id, element.id), frozenset()) & changed:
            _MOVES[element.event == "timer"](moment, task, element)


def _set(moment: Moment) -> set[str]:
    names: set[str] = set()
    for event in moment.events:
        if isinstance(event, VariablesSet):
            names |= event.variables.keys()
        elif isinstance(event, FactsSet):
            names |= event.facts.keys()
    return names


def _move(moment: Moment, task: Any, element: Element) -> None:
    known = task.internal_data
    armed = datetime.fromisoformat(known["armed"])
    due = due_date(moment, element, armed)
    if due is None or due.isoformat() == known["due"]:
        return
    known["due"] = due.isoformat()
    moment.events.append(TimerRescheduled(task.id, element.process_id, element.id, due))


def _extend(moment: Moment, task: Any, element: Element) -> None:
    """The same for the limit of an open task; the frame of a multi-instance has none."""
    known = task.internal_data
    if "opened" not in known:
        return
    opened = datetime.fromisoformat(known["opened"])
    due = due_of(moment, element, moment.member_of(task, element), opened)
    if due is None or due.astimezone(UTC).isoformat() == known["due"]:
        return
    known["due"] = due.astimezone(UTC).isoformat()
    moment.events.append(UserTaskRescheduled(task.id, element.process_id, element.id, due))


_MOVES = {True: _move, False: _extend}
