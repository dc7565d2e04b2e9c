"""Time limits of user tasks: until when, and standing still while the applicant corrects.

A task's limit runs while the task is open. When it ends, what is left of it is kept; if a task with
`clock = stops` (a correction) ends before the task opens again, its limit goes on with what was left,
else it begins anew. `Loaded.clocks` maps `process/element[member]` to [working days left, whether a
correction has come between].
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from service.engine.context import evaluate
from service.engine.elements import Element
from service.model.errors import BadInput
from service.regulation.dates import local_date, start_of_day

if TYPE_CHECKING:
    from service.engine.moment import Moment


def due_of(
    moment: Moment, element: Element, extra: dict[str, Any], opened: datetime
) -> datetime | None:
    """Until when a task that opens at `opened` should be done; None without a limit."""
    if "due" not in element.properties:
        return None
    left, goes_on = moment.loaded.clocks.get(_key(element, extra), (0, False))
    if goes_on:
        today = local_date(opened)
        return end_of(moment.definition.calendar.working_days_after(today, max(left, 0)))
    names = moment.names(extra)
    due = evaluate(moment.definition, element.properties["due"], names, opened, element)
    return None if due is None else end_of(due)


def task_ended(moment: Moment, task: Any, element: Element, extra: dict[str, Any]) -> None:
    """A user task is completed: keep what is left of its limit; a correction lets the others go on."""
    if not moment.definition.stops_clocks:
        return
    clocks = moment.loaded.clocks
    due = task.internal_data.get("due")
    if due is not None:
        today, last = local_date(moment.now), local_date(datetime.fromisoformat(due))
        left = moment.definition.calendar.working_days_between(today, last)
        clocks[_key(element, extra)] = (left, False)
    if element.stops_clocks:
        for key, (left, _) in clocks.items():
            clocks[key] = (left, True)


def end_of(due: Any) -> datetime:
    """A due date means the end of that day."""
    if isinstance(due, datetime):
        return due
    if isinstance(due, date):
        return start_of_day(due + timedelta(days=1)) - timedelta(seconds=1)
    raise BadInput("办理期限应是日期。")


def _key(element: Element, extra: dict[str, Any]) -> str:
    return "/".join([element.process_id, element.id, *map(str, extra.values())])
