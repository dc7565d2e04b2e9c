"""退回: a completed task is open again, and nothing that followed from it counts any more.

The new state is what the inputs that do not depend on that completion make of the instance: they are
carried in again, in their order, under the ids, times, facts and rules that they had. An input depends on
the completion when what it was given to does not come about without it. So the instance stands where it
could have stood: every join waits for exactly the branches that are not done, and what was done beside
stays done. A run that does anything which the log does not have is refused: then a branch beside has been
decided by what is to be taken back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from service.engine import codec, determinism
from service.engine.carrying import carry
from service.engine.elements import Element
from service.engine.kinds import catches
from service.engine.moment import Moment
from service.engine.past import Past, counting
from service.engine.rearming import rearm
from service.engine.workflow import READY, STARTED, WAITING
from service.model import events, inputs
from service.model.errors import Conflict, Refused
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


def returned(
    moment: Moment,
    before: codec.Loaded,
    input_: inputs.ReturnTo,
    past: Sequence[Past],
    instance_key: str,
) -> codec.Loaded:
    """The instance with the task of `input_` open anew; what was closed and opened is in the moment's events.

    Raises Conflict when that task is not a completed one that counts, Refused as `without`.
    """
    inputs_ = counting(past)
    target = next((p for p in inputs_ if completes(p.input) == input_.task_key), None)
    if target is None:
        raise Conflict("这一步已经退回或撤回过，请刷新后再办理。")
    start = inputs_.index(target)
    rerun = without(_run_to(inputs_[:start], instance_key), inputs_[start:], instance_key)
    after = rerun.loaded
    _keep_dates(before, after)
    with determinism.step(instance_key, before.counter, moment.now) as clock:
        _close_what_follows(moment, before, after)
        new = _newly_open(moment, before, after)
        keys = _new_keys(moment, new, after, _used(past, rerun.undone))
        target_element = moment.definition.element_of(after.workflow.find(input_.task_key))
        assert target_element is not None
        moment.events.append(
            events.InstanceReturned(
                input_.task_key, target_element.process_id, target_element.id, rerun.undone, keys
            )
        )
        changed = _changed(before.variables, after.variables)
        if changed:
            moment.events.append(events.VariablesSet(changed))
        if input_.facts:
            moment.facts.update(input_.facts)
            moment.events.append(events.FactsSet(dict(input_.facts)))
        moment.attach(after)
        _reopen(moment, new, keys)
    after.counter = clock.counter
    rearm(moment)
    return after


def completes(input_: inputs.Input) -> str | None:
    """The user task that an input completes."""
    return input_.task_key if isinstance(input_, inputs.CompleteTask) else None


# --- running without


def _run_to(past: Sequence[Past], instance_key: str) -> codec.Loaded | None:
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


# --- from the state before to the one after


def standing(loaded: codec.Loaded, moment: Moment) -> dict[str, tuple[Any, Element]]:
    """What is open, by key: tasks, requests, timers, awaited messages first, then what is around them."""
    leaves, frames = {}, {}
    for task in loaded.workflow.all_tasks():
        element = moment.definition.element_of(task)
        if element is None:
            continue
        if task._state == STARTED:
            frames[task.id] = (task, element)
        elif (task._state == READY and task.task_spec.manual) or (
            task._state == WAITING and catches(element)
        ):
            leaves[task.id] = (task, element)
    return {**leaves, **frames}


def _keep_dates(before: codec.Loaded, after: codec.Loaded) -> None:
    """What stays open keeps the dates that it has."""
    for task in after.workflow.all_tasks():
        known = before.workflow.find(task.id)
        if known is not None and known.task_spec.name == task.task_spec.name:
            for name in ("due", "armed"):
                if name in known.internal_data:
                    task.internal_data[name] = known.internal_data[name]


def _close_what_follows(moment: Moment, before: codec.Loaded, after: codec.Loaded) -> None:
    """Tell the end of all that is open before and not after; frames after what is in them."""
    moment.attach(before)
    there = standing(after, moment)
    for key, (task, element) in standing(before, moment).items():
        if key not in there:
            moment.cancelled(task, element)


def _changed(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """Variables that are different now; None for those that are no more."""
    names = sorted(old.keys() | new.keys())
    return {n: new.get(n) for n in names if old.get(n) != new.get(n)}


def _newly_open(
    moment: Moment, before: codec.Loaded, after: codec.Loaded
) -> dict[str, tuple[Any, Element]]:
    known = standing(before, moment)
    return {k: v for k, v in standing(after, moment).items() if k not in known}


def _used(past: Sequence[Past], undone: tuple[int, ...]) -> set[str]:
    """Keys that inputs which do not count have given to something."""
    kept = {p.seq for p in counting(past)} - set(undone)
    return {
        fields["task_key"]
        for p in past
        if p.seq not in kept
        for _, fields in p.effects
        if "task_key" in fields
    }


def _new_keys(
    moment: Moment,
    new: Mapping[str, tuple[Any, Element]],
    after: codec.Loaded,
    used: set[str],
) -> dict[str, str]:
    """{old key: new key} of what is open again, and of what lies ahead under a key that the log has."""
    again = [key for key, (task, _) in new.items() if task._state != STARTED]
    ahead = [
        task.id
        for task in after.workflow.all_tasks()
        if task._state < WAITING and task.id in used and moment.definition.element_of(task)
    ]
    return {key: determinism.next_id() for key in (*again, *ahead)}


def _return_again(moment: Moment, loaded: codec.Loaded, p: Past, instance_key: str) -> codec.Loaded:
    """What an earlier return had opened anew, as far as it is there."""
    assert isinstance(p.input, inputs.ReturnTo)
    moment.facts.update(p.input.facts)
    with determinism.step(instance_key, p.ids, p.at):
        moment.attach(loaded)
        keys = dict(_reopened(p))
        there = {k: v for k, v in standing(loaded, moment).items() if k in keys}
        _reopen(moment, there, keys)
    return loaded


def _reopened(p: Past) -> list[tuple[str, str]]:
    return [
        pair
        for name, fields in p.effects
        if name == "InstanceReturned"
        for pair in fields["reopened"].items()
    ]


def _reopen(
    moment: Moment, opened: Mapping[str, tuple[Any, Element]], keys: Mapping[str, str]
) -> None:
    for key in opened:
        moment.entered.discard(key)
    for key, renewed in keys.items():
        task = moment.loaded.workflow.find(key)
        if task is not None:
            rename(task, renewed)
            task.internal_data.pop("due", None)
            task.internal_data.pop("armed", None)
    for task, element in opened.values():
        if task._state == STARTED:
            moment.enter(task, element)
        else:
            moment.live(task, element, task._state)


def rename(task: Any, key: str) -> None:
    """Give a task without children that count another key."""
    part, old = task.workflow, task.id
    part.tasks = {key if k == old else k: t for k, t in part.tasks.items()}
    task.id = key
    parent = part.tasks.get(task._parent)
    if parent is not None:
        parent._children = [key if c == old else c for c in parent._children]
    for child in task._children:
        part.tasks[child]._parent = key
