"""A setting changes by several units together and never below its floor (`by`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from service.definitions import newest_definition
from service.model.values import from_json
from service.queries.monitors.found import Found
from service.queries.monitors.past import Done, Log


def signed(log: Log, events: Iterable[Done], monitor: Mapping[str, Any]) -> Iterator[Found]:
    """One test for each change of a setting."""
    definition = newest_definition(log.connection)
    assert definition
    for event in log.events():
        if event.act != "set_setting":
            continue
        said = event.body["setting"]
        people = [s["account"] for s in said.get("signed", ())]
        missing = set(monitor["by"]) - {s["group"] for s in said.get("signed", ())}
        wrong = []
        if missing:
            names = [definition.groups.groups[g].name for g in sorted(missing)]
            wrong.append(f"没有{'、'.join(names)}的会签")
        if len(set(people)) < len(people):
            wrong.append("同一人会签了两次")
        setting, value = definition.settings.get(said["id"]), from_json(said["value"])
        floor = setting.floor if setting else None
        if isinstance(value, Decimal) and isinstance(floor, Decimal) and value < floor:
            wrong.append(f"{said['id']} 改为 {value}，低于下限 {floor}")
        yield Found(event.seq, "；".join(wrong))
