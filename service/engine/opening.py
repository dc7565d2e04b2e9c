"""What an element does when it opens: a task for people, a request, a timer, a wait for a message."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from service.engine.clock import due_of
from service.engine.context import evaluate, storable
from service.engine.elements import Element, timer_expression
from service.engine.kinds import is_member
from service.feel import DaysTime
from service.model.errors import BadInput, Refused
from service.model.events import (
    MessageAwaited,
    ServiceTaskRequested,
    TimerScheduled,
    UserTaskCreated,
    UserTaskReserved,
)
from service.regulation.dates import SHANGHAI, local_date, start_of_day

if TYPE_CHECKING:
    from service.engine.moment import Moment


def open_task(moment: Moment, task: Any, element: Element) -> None:
    """A user task has opened: for whom, until when."""
    extra = moment.member_of(task, element)
    group = element.lane_id or ""
    if "group" in element.properties:
        group = moment.value(element.properties["group"], element, extra)
    if not isinstance(group, str) or group not in moment.definition.groups.groups:
        raise BadInput(f"{element.process_id}/{element.id}：没有候选组 {group}。")
    due = due_of(moment, element, extra, moment.now)
    if due is not None:
        task.internal_data["due"] = due.astimezone(UTC).isoformat()
        if moment.definition.date_reads[element.process_id, element.id]:
            task.internal_data["opened"] = (
                moment.now.isoformat()
            )  # to compute it again: rearming.py
    unit = (
        moment.value(element.properties["unit"], element, extra)
        if "unit" in element.properties
        else None
    )
    member = task.internal_data.get("item") if is_member(task) else None
    moment.events.append(
        UserTaskCreated(
            task.id,
            element.process_id,
            element.id,
            group,
            None if member is None else str(member),
            due,
            None if unit is None else str(unit),
        )
    )
    _reserve(moment, task, element, extra)


def _reserve(moment: Moment, task: Any, element: Element, extra: dict[str, Any]) -> None:
    """For one person only, where the diagram says who (`person`)."""
    if "person" not in element.properties:
        return
    person = moment.value(element.properties["person"], element, extra)
    if isinstance(person, str) and person:
        moment.events.append(UserTaskReserved(str(task.id), element.process_id, element.id, person))


def request_service(moment: Moment, task: Any, element: Element) -> None:
    """An operator is asked."""
    parameters = {
        name: storable(element, name, moment.value(text, element))
        for name, text in element.family("in").items()
    }
    moment.events.append(
        ServiceTaskRequested(
            task.id,
            element.process_id,
            element.id,
            element.properties["operator"],
            parameters,
        )
    )


def wait(moment: Moment, task: Any, element: Element) -> None:
    """A timer is armed, a message or signal awaited."""
    if element.event == "timer":
        due = due_date(moment, element, moment.now)
        if due is None:
            name = element.name or element.id
            raise Refused(f"{name}：定时器没有得到日期（{element.timer}）。")
        task.internal_data["due"] = due.isoformat()
        if moment.definition.date_reads[element.process_id, element.id]:
            task.internal_data["armed"] = moment.now.isoformat()  # to compute it again: rearming.py
        moment.events.append(TimerScheduled(task.id, element.process_id, element.id, due))
    elif element.event in ("message", "signal"):
        moment.events.append(
            MessageAwaited(task.id, element.process_id, element.id, element.event_name or "")
        )


def due_date(moment: Moment, element: Element, armed: datetime) -> datetime | None:
    """When a timer armed at `armed` is due, in UTC, by the values of now; None when it gives no date."""
    assert element.timer
    text = timer_expression(element.timer)
    names = moment.names(_of_the_task(moment, element, armed))
    found = evaluate(moment.definition, text, names, armed, element)
    if isinstance(found, DaysTime):
        found = armed + found.delta
    elif isinstance(found, datetime):
        found = found if found.tzinfo else found.replace(tzinfo=SHANGHAI)
    elif isinstance(found, date):
        found = start_of_day(found)
    else:
        return None
    return found.astimezone(UTC)


def _of_the_task(moment: Moment, element: Element, armed: datetime) -> dict[str, Any]:
    """What a boundary timer sees beside variables: `due_on`, the last day of the task that it watches."""
    if element.attached_to is None:
        return {}
    watched = moment.definition.element(element.process_id, element.attached_to)
    due = due_of(moment, watched, {}, armed)
    return {} if due is None else {"due_on": local_date(due)}
