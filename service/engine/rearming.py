"""Armed timers whose date depends on variables follow them: a changed variable moves the timer.

The date is computed as on the day on which the timer was armed (`today()` is that day), with the values
of now. A timer that has fired does not come back; one that no longer gets a date keeps the one it has.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from service.engine.elements import Element
from service.engine.moment import Moment
from service.engine.opening import due_date
from service.engine.workflow import WAITING
from service.model.events import FactsSet, TimerRescheduled, VariablesSet


def rearm(moment: Moment) -> None:
    """Move the timers of the instance that read what this step has changed (or was told has changed)."""
    changed = moment.told | _set(moment)
    if not changed & moment.definition.timer_names:
        return
    reads = moment.definition.timer_reads
    for task in moment.loaded.workflow.all_tasks():
        element = moment.definition.element_of(task) if task._state == WAITING else None
        if element and reads.get((element.process_id, element.id), frozenset()) & changed:
            _move(moment, task, element)


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
