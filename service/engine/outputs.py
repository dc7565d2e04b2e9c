"""What an element sets when it is left: variables, facts, participants; and what it sends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from service.engine.context import check_output
from service.engine.elements import Element
from service.engine.kinds import catches
from service.model.events import (
    MessageThrown,
    ParticipantAssigned,
    SignalThrown,
    VariablesSet,
)

if TYPE_CHECKING:
    from service.engine.moment import Moment


def collect(moment: Moment, task: Any, element: Element, given: dict[str, Any]) -> None:
    """One member of a multi-instance has brought its outputs."""
    assert element.loop
    if not element.loop.collects:
        set_outputs(moment, task, element, given)
        return
    so_far = dict(moment.loaded.variables.get(element.loop.collects) or {})
    so_far[str(task.internal_data["item"])] = given
    moment.loaded.variables[element.loop.collects] = so_far
    moment.events.append(VariablesSet({element.loop.collects: so_far}))  # type: ignore[dict-item]


def set_outputs(moment: Moment, task: Any, element: Element, given: dict[str, Any]) -> None:
    """Outputs given, constants and expressions of the element, in this order; then what it sends."""
    found = dict(given)
    extra = moment.member_of(task, element)
    if element.type != "userTask":
        for name, text in element.family("out").items():
            value = moment.value(text, element, {**extra, **found})
            if name in element.outputs:
                check_output(element, element.outputs[name], value)
            found[name] = value
    for part in filter(None, (p.strip() for p in element.properties.get("sets", "").split(";"))):
        name, _, constant = part.partition(":")
        found[name.strip()] = constant.strip()
    moment.store(element, found)
    for group, text in element.family("assigns").items():
        unit = moment.value(text, element, extra)
        if isinstance(unit, str) and unit:
            moment.events.append(ParticipantAssigned(group, unit))
    _throw(moment, element, extra)


def _throw(moment: Moment, element: Element, extra: dict[str, Any]) -> None:
    if catches(element) or element.type == "startEvent" or not element.event_name:
        return
    if element.event == "message":
        payload = {n: moment.value(t, element, extra) for n, t in element.family("send").items()}
        moment.events.append(MessageThrown(element.id, element.event_name, payload))
    elif element.event == "signal":
        moment.events.append(SignalThrown(element.id, element.event_name))
