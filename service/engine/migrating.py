"""A running instance goes on under another version: its log is carried in again on the new diagrams.

The new state is what the same inputs, at their times, make of the instance there. It may go on only where
everything that is open now is open there too; what the new version opens beside that (a unit more in a joint
review, a reminder) is opened. So a join waits for exactly the branches that the new diagram has, and nobody's
open task, draft or date is lost: it keeps its key and its dates.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from service.engine import codec, determinism
from service.engine.carrying import carry
from service.engine.definition import Definition
from service.engine.elements import Element
from service.engine.moment import Moment
from service.engine.past import Past, counting
from service.engine.rerun import OPENING
from service.engine.script import Script
from service.engine.standing import rename, standing
from service.engine.workflow import READY, STARTED, WAITING
from service.model import events, inputs
from service.model.errors import Refused
from service.model.values import from_json, to_json
from service.model.wire import encode

OPENS = frozenset(OPENING) - {"ElementEntered"}
CLOSES = {
    "UserTaskCompleted",
    "UserTaskCancelled",
    "TimerEnded",
    "MessageAwaitEnded",
    "ElementLeft",
    "ElementCancelled",
}
Place = tuple[str, str]  # process, element


def migrated(moment: Moment, state: bytes, past: Sequence[Past], instance_key: str) -> codec.Loaded:
    """The instance under the moment's definition; `past` is its log, each input with that definition.

    Raises Refused, saying what stands in the way.
    """
    before, opened = codec.header(state), _open(past)
    loaded, keys = _again(past, instance_key)
    kept = _matched(opened, keys, _leaves(moment, loaded), moment.definition)
    if any(old != new and loaded.workflow.find(old) is not None for old, new in kept.items()):
        # keys have moved on: once more with keys that nothing has had, so that none means two things
        loaded, keys = _again(past, f"{instance_key} moved")
        kept = _matched(opened, keys, _leaves(moment, loaded), moment.definition)
    _keep_keys(loaded, kept)
    there = _leaves(moment, loaded)
    _keep_dates(before, loaded, kept)
    with determinism.step(
        instance_key, max(before["counter"], loaded.counter), moment.now
    ) as clock:
        loaded.workflow.script_engine = Script(moment)
        moment.attach(loaded)
        moment.events.append(events.InstanceMigrated(tuple(sorted(opened))))
        changed = _changed(before, loaded)
        if changed:
            moment.events.append(events.VariablesSet(changed))
        for key, (task, element) in there.items():
            if key not in kept:
                moment.entered.discard(key)
                moment.live(task, element, task._state)
    loaded.counter = clock.counter
    return loaded


def _leaves(moment: Moment, loaded: codec.Loaded) -> dict[str, tuple[Any, Element]]:
    """What somebody or something is waited for in, by key."""
    moment.attach(loaded)
    return {k: v for k, v in standing(loaded, moment).items() if v[0]._state != STARTED}


def _again(past: Sequence[Past], instance_key: str) -> tuple[codec.Loaded, dict[str, str]]:
    """The log carried in again; {key in the log: key now}."""
    loaded: codec.Loaded | None = None
    keys: dict[str, str] = {}
    for p in counting(past):
        if isinstance(p.input, inputs.ReturnTo):
            raise Refused("办理中有过退回，不能换版，按原来的版本办完。")
        moment = Moment(p.definition, p.facts, p.at)
        input_ = _now_called(p, loaded, keys)
        ids = max(p.ids, loaded.counter if loaded else 0)
        if loaded is not None and loaded.ended:
            raise Refused("在新版里，这件事走到一半就已经办结。")
        loaded = carry(moment, loaded, input_, instance_key, ids)
        _same_outside(p, moment)
        keys |= _paired(p.effects, moment.events)
    if loaded is None:
        raise Refused("记录早于这项功能，不能换版，按原来的版本办完。")
    if loaded.ended:
        raise Refused("在新版里，这件事已经办结。")
    return loaded, keys


def _now_called(p: Past, loaded: codec.Loaded | None, keys: Mapping[str, str]) -> inputs.Input:
    """The input, given to what is called otherwise now. Raises Refused when it is not there."""
    input_ = p.input
    if not isinstance(input_, inputs.CompleteTask | inputs.CompleteService | inputs.FireTimer):
        return input_
    key = keys.get(input_.task_key, "")
    task = loaded.workflow.find(key) if loaded is not None and key else None
    element = p.definition.element_of(task) if task is not None else None
    wanted = WAITING if isinstance(input_, inputs.FireTimer) else READY
    if task is None or element is None or task._state != wanted:
        name = next(
            (f["element_id"] for _, f in p.effects if f.get("task_key") == input_.task_key), ""
        )
        raise Refused(f"已经办过的“{_name(p.definition, name)}”在新版里不在那个时候办理。")
    if isinstance(input_, inputs.FireTimer):
        task.internal_data["due"] = input_.due.isoformat()
    return replace(input_, task_key=key)


def _name(definition: Definition, element_id: str) -> str:
    for process in definition.processes.values():
        if element_id in process.elements:
            return process.elements[element_id].name or element_id
    return element_id


def _same_outside(p: Past, moment: Moment) -> None:
    """What others have seen must not be said otherwise: facts of the project, messages."""
    made = [encode(e) for e in moment.events]
    if _facts(made) != _facts(p.effects):
        raise Refused("在新版里，已经办过的环节会给项目写下别的数据。")
    sent, were = _sent(made), _sent(p.effects)
    if sent - were:
        raise Refused(f"在新版里，已经走过的路上会发出消息 {'、'.join(sorted(sent - were))}。")


def _facts(effects: Sequence[Any]) -> dict[str, Any]:
    return {n: v for name, f in effects if name == "FactsSet" for n, v in f["facts"].items()}


def _sent(effects: Sequence[Any]) -> Counter[str]:
    return Counter(f["name"] for name, f in effects if name in ("MessageThrown", "SignalThrown"))


def _paired(logged: Sequence[Any], happened: Sequence[events.Event]) -> dict[str, str]:
    """Keys of what came about then, and of the same now: by kind, place and order."""
    then, now = _by_place(logged), _by_place([encode(e) for e in happened])
    return {a: b for place, keys in then.items() for a, b in zip(keys, now[place], strict=False)}


def _by_place(effects: Sequence[Any]) -> defaultdict[tuple[str, ...], list[str]]:
    found: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    for name, fields in effects:
        if name in OPENING:
            place = (name, fields["process_id"], fields["element_id"], str(fields.get("member")))
            found[place].append(fields["task_key"])
    return found


def _open(past: Sequence[Past]) -> dict[str, Place]:
    """What is open by the log: tasks, requests, timers, awaited messages."""
    found: dict[str, Place] = {}
    for p in past:
        for name, fields in p.effects:
            if name in OPENS:
                found[fields["task_key"]] = (fields["process_id"], fields["element_id"])
            elif name in CLOSES:
                found.pop(fields["task_key"], None)
    return found


def _matched(
    opened: Mapping[str, Place],
    keys: Mapping[str, str],
    there: Mapping[str, tuple[Any, Element]],
    definition: Definition,
) -> dict[str, str]:
    """{key that it keeps: key in the new state} of all that is open. Raises Refused when something is not."""
    kept = {}
    for old, place in opened.items():
        new = keys.get(old, old)
        found = there.get(new)
        if found is None or (found[1].process_id, found[1].id) != place:
            process = definition.processes.get(place[0])
            gone = process is None or place[1] not in process.elements
            name = place[1] if gone else _name(definition, place[1])
            why = "新版里没有这个环节" if gone else "照新版走，这时轮不到它"
            raise Refused(f"正在办的“{name}”不能带过去：{why}。")
        kept[old] = new
    return kept


def _keep_keys(loaded: codec.Loaded, kept: Mapping[str, str]) -> None:
    """Give what is open the keys that people and rows know."""
    for old, new in kept.items():
        if old != new:
            rename(loaded.workflow.find(new), old)


def _keep_dates(before: Mapping[str, Any], loaded: codec.Loaded, kept: Mapping[str, str]) -> None:
    rows = (row for part in (before["top"][1], *(s[3] for s in before["subs"])) for row in part)
    for row in rows:
        if row[0] in kept and row[6]:
            task = loaded.workflow.find(row[0])
            for name in ("due", "armed"):
                if name in row[6] and task is not None:
                    task.internal_data[name] = row[6][name]


def _changed(before: Mapping[str, Any], loaded: codec.Loaded) -> dict[str, Any]:
    old = before["variables"]
    new = to_json(loaded.variables)["map"]
    names = sorted(old.keys() | new.keys())
    return {n: from_json(new[n]) if n in new else None for n in names if old.get(n) != new.get(n)}
