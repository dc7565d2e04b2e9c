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
from typing import Any

from service.engine import codec, determinism
from service.engine.elements import Element
from service.engine.moment import Moment
from service.engine.past import Past, counting
from service.engine.rearming import rearm
from service.engine.rerun import completes, run_to, without
from service.engine.standing import reopen, standing
from service.engine.workflow import STARTED, WAITING
from service.model import events, inputs
from service.model.errors import Conflict


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
    rerun = without(run_to(inputs_[:start], instance_key), inputs_[start:], instance_key)
    after = rerun.loaded
    _keep_dates(before, after)
    with determinism.step(instance_key, before.counter, moment.now) as clock:
        _close_what_follows(moment, before, after)
        new = _newly_open(moment, before, after)
        keys = _new_keys(moment, new, after, _used(past))
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
        reopen(moment, new, keys)
    after.counter = clock.counter
    rearm(moment)
    return after


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


def _used(past: Sequence[Past]) -> set[str]:
    """Every key that the log has given to something, also by an input that stays: it may have opened what needed
    the undone one too.
    """
    return {fields["task_key"] for p in past for _, fields in p.effects if "task_key" in fields}


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
