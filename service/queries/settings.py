"""The settings of the regulation with their values in force, what is decided for later, and their history."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, select

from service.definitions import in_force, newest_definition
from service.engine import Definition
from service.forms import amount
from service.model.actor import Actor
from service.model.values import from_json
from service.regulation.dates import local_date
from service.regulation.settings import Fixed, Setting, measured
from service.store import tables as t

YUAN = "元"


@dataclass(frozen=True)
class Version:
    """A change of a setting: from what to what, from when, why, by whom."""

    was: str
    value: str
    effective_on: date
    reason: str
    file_no: str
    at: datetime
    signed: list[dict[str, Any]]
    to_come: bool


@dataclass(frozen=True)
class SettingRow:
    """A setting as the page shows it; texts with the unit, yuan in 万元 too. `history`: newest first."""

    setting: Setting
    value: str
    default: str
    floor: str
    ceiling: str
    history: list[Version]


@dataclass(frozen=True)
class SettingsPage:
    """All settings, what is fixed, the units that change them, the open changes, and whether the actor may."""

    rows: list[SettingRow]
    fixed: tuple[Fixed, ...]
    units: list[str]
    open_changes: list[Any]
    may_change: bool
    definition: Definition


def settings_page(connection: Connection, actor: Actor, *, now: datetime) -> SettingsPage:
    """What the page 设置 shows to anybody who has logged in."""
    definition = in_force(connection, newest_definition(connection), now)
    process = definition.processes.get(definition.settings_changed_by or "")
    starters = process.start.starters if process else ()
    versions = _versions(connection, definition, local_date(now))
    return SettingsPage(
        [_row(setting, versions) for setting in definition.settings.values()],
        definition.fixed,
        [definition.groups.groups[group].name for group in starters],
        _open(connection, definition),
        bool(actor.groups & {*starters}),
        definition,
    )


def _row(setting: Setting, versions: dict[str, list[Version]]) -> SettingRow:
    bounds = [
        "" if bound is None else _said(setting, bound) for bound in (setting.floor, setting.ceiling)
    ]
    return SettingRow(
        setting,
        _said(setting, setting.value),
        _said(setting, setting.default),
        bounds[0],
        bounds[1],
        versions.get(setting.name, []),
    )


def _said(setting: Setting, value: Any) -> str:
    """A value with its unit."""
    if setting.unit == YUAN and isinstance(value, Decimal) and value:
        return amount(value)
    return measured(setting, value)


def _versions(
    connection: Connection, definition: Definition, today: date
) -> dict[str, list[Version]]:
    found: dict[str, list[Version]] = {}
    newest_first = (t.setting_value.c.effective_on.desc(), t.setting_value.c.seq.desc())
    for row in connection.execute(select(t.setting_value).order_by(*newest_first)):
        setting = definition.settings.get(row.setting_id)
        if setting is None:
            continue
        was, value = (_said(setting, from_json(json.loads(raw))) for raw in (row.was, row.value))
        found.setdefault(row.setting_id, []).append(
            Version(
                was,
                value,
                row.effective_on,
                row.reason,
                row.file_no,
                row.at,
                json.loads(row.signed),
                row.effective_on > today,
            )
        )
    return found


def _open(connection: Connection, definition: Definition) -> list[Any]:
    """Instances of the change that still run, with who has them."""
    rows = connection.execute(
        select(t.instance.c.instance_key, t.instance.c.started_at, t.task.c.group_id)
        .join(t.task, t.task.c.instance_key == t.instance.c.instance_key)
        .where(
            t.instance.c.process_id == definition.settings_changed_by,
            t.instance.c.status == "running",
            t.task.c.status == "open",
        )
        .order_by(t.instance.c.started_at, t.task.c.group_id)
    )
    found: dict[str, Any] = {}
    for row in rows:
        name = definition.groups.groups[row.group_id].name
        found.setdefault(row.instance_key, (row.instance_key, row.started_at, []))[2].append(name)
    return list(found.values())
