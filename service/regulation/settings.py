"""Settings of the regulation: processes/settings.yaml."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

import yaml

from service.model.errors import BadInput
from service.model.values import Value


@dataclass(frozen=True)
class Setting:
    """A setting: its value, and where it comes from. `gap`: the regulation is silent, this is our default."""

    name: str
    value: Value
    type: str
    meaning: str
    clauses: tuple[str, ...]
    default: Value
    floor: Value
    gap: bool


def parse_settings(source: bytes) -> dict[str, Setting]:
    """Read `settings: [{id, type, value, default, floor, meaning, clauses, gap}]`.

    Raises BadInput, also for a value below its floor.
    """
    try:
        rows = yaml.safe_load(source)["settings"]
        found = {row["id"]: _setting(row) for row in rows}
    except (yaml.YAMLError, KeyError, TypeError, ValueError, InvalidOperation) as wrong:
        raise BadInput("settings.yaml 的写法不对，每项要有 id、type、value、meaning。") from wrong
    for setting in found.values():
        floor, value = setting.floor, setting.value
        if isinstance(floor, Decimal) and isinstance(value, Decimal) and value < floor:
            raise BadInput(f"settings.yaml：{setting.name} 不得小于 {setting.floor}。")
    return found


_READ: dict[str, Callable[[Any], Value]] = {
    "number": lambda v: Decimal(str(v)),
    "string": str,
    "boolean": lambda v: v is True,
    "date": lambda v: v if isinstance(v, date) else date.fromisoformat(str(v)),
    "list": lambda v: [str(item) for item in v],
}


def _setting(row: dict[str, Any]) -> Setting:
    read = _READ[row["type"]]
    default = row.get("default", row["value"])
    return Setting(
        row["id"],
        read(row["value"]),
        row["type"],
        row["meaning"],
        tuple(str(c) for c in row.get("clauses") or ()),
        read(default),
        None if row.get("floor") is None else read(row["floor"]),
        bool(row.get("gap")),
    )
