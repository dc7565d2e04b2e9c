"""What questions look at in one matter: its events, and each task that a person has done, with its times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from service.engine import Definition, Element
from service.model.values import from_json
from service.queries.monitors.past import Done
from service.queries.questions.working import Working
from service.regulation.dates import local_date

Span = tuple[date, date]


@dataclass(frozen=True)
class Handled:
    """A user task that a person has completed; `group` is its candidate group, `days` working days."""

    done: Done
    element: Element
    group: str
    opened: datetime
    due: datetime | None
    days: int

    @property
    def place(self) -> str:
        """Where: `process/element`."""
        return f"{self.element.process_id}/{self.element.id}"

    @property
    def unit(self) -> str:
        """The unit for which it was done: the principal's, where somebody acted for another."""
        return unit_of(self.done)


def unit_of(event: Done) -> str:
    """The unit for which somebody acted."""
    principal = (event.body.get("actor") or {}).get("on_behalf_of") or {}
    return principal.get("unit_id") or event.unit


@dataclass(frozen=True)
class Trail:
    """The events of a matter in order, and the tasks that people have completed."""

    events: Sequence[Done]
    handled: Sequence[Handled]
    working: Working
    definition: Definition  # the newest


@dataclass(frozen=True)
class _Opened:
    at: datetime
    element: Element
    group: str
    due: datetime | None


def trail(events: Sequence[Done], working: Working, definition: Definition) -> Trail:
    """Read the tasks out of the events; `working` counts their days, corrections taken out."""
    opened: dict[str, _Opened] = {}
    stops: dict[str, list[Span]] = {}
    found: list[Handled] = []
    for event in events:
        instance = str(event.body["instance"])
        for kind, fields in event.body["effects"]:
            key = fields.get("task_key", "")
            if kind == "UserTaskCreated":
                opened[key] = _open(event, fields)
            elif kind in ("UserTaskCompleted", "UserTaskCancelled") and key in opened:
                was = opened[key]
                if kind == "UserTaskCompleted" and key == event.body.get("task"):
                    found.append(_handled(event, was, stops.get(instance, ()), working))
                if was.element.stops_clocks:
                    span = local_date(was.at), local_date(event.at)
                    stops.setdefault(instance, []).append(span)
    return Trail(events, found, working, definition)


def _open(event: Done, fields: dict[str, object]) -> _Opened:
    process, element = str(fields["process_id"]), str(fields["element_id"])
    due = fields.get("due")
    return _Opened(
        event.at,
        event.definition.element(process, element),
        str(fields["group_id"]),
        from_json(due) if due else None,
    )


def _handled(event: Done, was: _Opened, stops: Sequence[Span], working: Working) -> Handled:
    first, last = local_date(was.at), local_date(event.at)
    days = working.between(first, last)
    for begin, end in stops:
        days -= max(working.between(max(begin, first), min(end, last)), 0)
    return Handled(event, was.element, was.group, was.at, was.due, max(days, 0))
