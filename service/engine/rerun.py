"""An instance once more without one of its completions: what does not come about without it is left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from service.engine import codec, determinism
from service.engine.carrying import carry
from service.engine.elements import Element
from service.engine.moment import Moment
from service.engine.past import Past
from service.engine.standing import reopen, standing
from service.engine.workflow import READY, WAITING
from service.model import events, inputs
from service.model.errors import Refused
from service.model.wire import encode

OPENING = {
    "ElementEntered",
    "UserTaskCreated",
    "ServiceTaskRequested",
    "TimerScheduled",
    "MessageAwaited",
}


SENDING = {"MessageThrown", "SignalThrown"}


DECIDED = "另一分支后来的走向取决于要退回的内容，不能只退回这一步，请退回到更早的环节。"


@dataclass(frozen=True)
class Rerun:
    """An instance without one completion: `undone` are the numbers of the inputs that no longer count."""

    loaded: codec.Loaded
    undone: tuple[int, ...]


def completes(input_: inputs.Input) -> str | None:
    """The user task that an input completes."""
    return input_.task_key if isinstance(input_, inputs.CompleteTask) else None


def run_to(past: Sequence[Past], instance_key: str) -> codec.Loaded | None:
    loaded = None
    for p in past:
        loaded = carried_again(p, loaded, instance_key)
    return loaded


def without(loaded: codec.Loaded | None, past: Sequence[Past], instance_key: str) -> Rerun:
    """Carry in `past` without its first input, leaving out all that does not come about without that one.

    Raises Refused when something comes about that did not, or the completed task is not open at the end.
    """
    target, undone = past[0], [past[0].seq]
    assert loaded is not None
    for p in past[1:]:
        if _possible(p, loaded):
            loaded = carried_again(p, loaded, instance_key)
        else:
            undone.append(p.seq)
    task = loaded.workflow.find(completes(target.input))
    if task is None or task._state != READY:
        raise Refused("这一步所在的部分已由其他事项结束，不能再退回到这一步。")
    return Rerun(loaded, tuple(undone))


def carried_again(p: Past, loaded: codec.Loaded | None, instance_key: str) -> codec.Loaded:
    """One input once more. Raises Refused when it does what it did not do then."""
    moment = Moment(p.definition, p.facts, p.at)
    if isinstance(p.input, inputs.ReturnTo):
        assert loaded is not None
        return _return_again(moment, loaded, p, instance_key)
    if isinstance(p.input, inputs.FireTimer) and loaded is not None:
        # it has fired: on which day it would be due by the rules of now is no question
        task = loaded.workflow.find(p.input.task_key)
        assert task is not None
        task.internal_data["due"] = p.input.due.isoformat()
    loaded = carry(moment, loaded, p.input, instance_key, p.ids)
    _refuse_new(moment.events, p.effects)
    return loaded


def _refuse_new(happened: Sequence[events.Event], logged: Sequence[Any]) -> None:
    known = [_mark(name, fields) for name, fields in logged]
    for event in happened:
        mark = _mark(*encode(event))
        if mark is None:
            continue
        if mark not in known:
            raise Refused(DECIDED)
        known.remove(mark)


def _mark(name: str, fields: Mapping[str, Any]) -> tuple[str, ...] | None:
    """What must have been in the log: that something opened, or was sent."""
    if name in OPENING:
        return name, fields["element_id"], fields["task_key"]
    if name in SENDING:
        return name, fields["element_id"], fields["name"]
    return None


def _possible(p: Past, loaded: codec.Loaded) -> bool:
    """Whether what an input was given to is there."""
    input_ = p.input
    if isinstance(input_, inputs.ReturnTo):
        found = (loaded.workflow.find(old) for old, _ in _reopened(p))
        return any(task is not None and task._state & (READY | WAITING) for task in found)
    if isinstance(input_, inputs.CompleteTask | inputs.CompleteService | inputs.FireTimer):
        wanted = WAITING if isinstance(input_, inputs.FireTimer) else READY
        task = loaded.workflow.find(input_.task_key)
        element = p.definition.element_of(task) if task is not None else None
        if task is None or element is None or task._state != wanted:
            return False
        return _same(element, p, input_.task_key)
    if isinstance(input_, inputs.DeliverMessage | inputs.DeliverSignal):
        kind = "message" if isinstance(input_, inputs.DeliverMessage) else "signal"
        return any(
            element is not None and element.event == kind and element.event_name == input_.name
            for task in loaded.workflow.all_tasks()
            if task._state == WAITING
            for element in [p.definition.element_of(task)]
        )
    return True


def _same(element: Element, p: Past, task_key: str) -> bool:
    """Whether the log says that the task of this key is one of this element."""
    return any(
        fields.get("task_key") == task_key and fields.get("element_id") == element.id
        for _, fields in p.effects
    )


def _return_again(moment: Moment, loaded: codec.Loaded, p: Past, instance_key: str) -> codec.Loaded:
    """What an earlier return had opened anew, as far as it is there."""
    assert isinstance(p.input, inputs.ReturnTo)
    moment.facts.update(p.input.facts)
    with determinism.step(instance_key, p.ids, p.at):
        moment.attach(loaded)
        keys = dict(_reopened(p))
        there = {k: v for k, v in standing(loaded, moment).items() if k in keys}
        reopen(moment, there, keys)
    return loaded


def _reopened(p: Past) -> list[tuple[str, str]]:
    return [
        pair
        for name, fields in p.effects
        if name == "InstanceReturned"
        for pair in fields["reopened"].items()
    ]
