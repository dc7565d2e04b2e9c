"""What a story expects at a moment, compared with what is: open tasks, status, values, ledger, events."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from service.model.errors import BadInput
from service.scenarios import looks
from service.scenarios.world import World


def differences(
    world: World, project_key: str | None, expected: Mapping[str, Any]
) -> Iterator[str]:
    """A Chinese sentence for each expectation that does not hold."""
    for kind, wanted in expected.items():
        yield from _CHECKS[kind](world, project_key, wanted)


def _open(world: World, project_key: str | None, wanted: list[str]) -> Iterator[str]:
    found = sorted(task.path for task in looks.open_tasks(world, project_key))
    if found != sorted(wanted):
        yield f"待办应为 {'、'.join(sorted(wanted)) or '无'}，实为 {'、'.join(found) or '无'}"


def _status(world: World, project_key: str | None, wanted: str) -> Iterator[str]:
    yield from _values(world, project_key, {"project_status": wanted})


def _values(world: World, project_key: str | None, wanted: Mapping[str, Any]) -> Iterator[str]:
    found = looks.values(world, project_key)
    for name, value in wanted.items():
        if name not in found:
            yield f"{name} 应为 {value}，尚未产生"
        elif not _same(found[name], value):
            yield f"{name} 应为 {value}，实为 {_text(found[name])}"


def _ledger(world: World, project_key: str | None, wanted: Mapping[str, Any]) -> Iterator[str]:
    yield from _values(
        world, project_key, {f"project_{name}_yuan": value for name, value in wanted.items()}
    )


def _events(world: World, project_key: str | None, wanted: Mapping[str, Any]) -> Iterator[str]:
    events = looks.happened(world, project_key)
    names = [event.name for event in events]
    for name, count in (wanted.get("count_of") or {}).items():
        if names.count(name) != count:
            yield f"事件 {name} 应有 {count} 次，实有 {names.count(name)} 次"
    last = wanted.get("last")
    if last and last not in {event.name for event in events if event.seq == events[-1].seq}:
        yield f"最后一步应含事件 {last}"


def _decided(
    world: World, project_key: str | None, wanted: Mapping[str, list[str]]
) -> Iterator[str]:
    fired = {
        event.fields["decision_id"]: event.fields["rules"]
        for event in looks.happened(world, project_key)
        if event.name == "DecisionEvaluated"
    }
    for decision_id, rules in wanted.items():
        if decision_id not in world.definition.decisions:
            raise BadInput(f"没有决策表 {decision_id}。")
        found = [str(rule) for rule in fired.get(decision_id, ())]
        if decision_id not in fired:
            yield f"{decision_id} 尚未判定"
        elif found != [str(rule) for rule in rules]:
            yield f"{decision_id} 命中的规则应为 {'、'.join(rules) or '无'}，实为 {'、'.join(found) or '无'}"


def _never_open(world: World, project_key: str | None, wanted: list[str]) -> Iterator[str]:
    opened = {
        f"{event.fields['process_id']}/{event.fields['element_id']}"
        for event in looks.happened(world, project_key)
        if event.name == "UserTaskCreated"
    }
    for path in wanted:
        world.element(path)
        if path in opened:
            yield f"{path} 曾经打开，本不应打开"


def _same(found: Any, wanted: Any) -> bool:
    if isinstance(found, Decimal):
        try:
            return found == Decimal(str(wanted))
        except InvalidOperation:
            return False
    if isinstance(found, list):
        return [str(item) for item in found] == [str(item) for item in wanted]
    return _text(found) == _text(wanted)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value)


_CHECKS: dict[str, Callable[[World, str | None, Any], Iterator[str]]] = {
    "open": _open,
    "status": _status,
    "values": _values,
    "ledger": _ledger,
    "events": _events,
    "decided": _decided,
    "never_open": _never_open,
}
