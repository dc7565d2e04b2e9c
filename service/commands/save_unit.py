"""Register a unit, or change it: name, other names, kind, groups, whether it still takes part."""

from __future__ import annotations

import re
from datetime import datetime

from sqlalchemy import Connection

from service.commands._administration import changed, check_office, log_administration
from service.definitions import newest_definition
from service.model.actor import Actor
from service.model.errors import Refused
from service.model.people import KINDS, UnitEntry
from service.store.register import unit_of, units_of
from service.store.registered import unit_saved

ID = re.compile(r"[a-z][a-z0-9_]{1,59}")


def save_unit(
    connection: Connection, actor: Actor, entry: UnitEntry, *, reason: str, now: datetime
) -> None:
    """Write the entry as it shall be. Raises NotAllowed, Refused with the `fields` to mend."""
    check_office(actor, "system_admin")
    old = unit_of(connection, entry.unit_id)
    _check(connection, entry)
    before, after = changed(old.as_dict() if old else None, entry.as_dict())
    if not after:
        raise Refused("没有改动，不必保存。")
    body = {"unit": entry.as_dict(), "old": before, "new": after}
    log_administration(connection, actor, "save_unit", reason=reason, now=now, body=body)
    unit_saved(connection, entry.as_dict())


def _check(connection: Connection, entry: UnitEntry) -> None:
    wrong: dict[str, str] = {}
    if not ID.fullmatch(entry.unit_id):
        wrong["unit_id"] = "编号用小写英文字母、数字和下划线，以字母开头。"
    if not 2 <= len(entry.name) <= 100:
        wrong["name"] = "请填单位名称，2 至 100 字。"
    if entry.kind not in KINDS:
        wrong["kind"] = "请选择单位类别。"
    definition = newest_definition(connection)
    known = definition.groups.groups if definition else {}
    if [g for g in entry.groups if g not in known]:
        wrong["groups"] = "请从给出的候选组中选择。"
    elsewhere = [
        known[g].name
        for g in entry.groups
        if g in known and known[g].unit_id not in (None, entry.unit_id)
    ]
    if elsewhere:
        wrong["groups"] = f"{'、'.join(elsewhere)}是另一单位自己的候选组，不能选。"
    names = {
        name: unit.name
        for unit in units_of(connection).values()
        if unit.unit_id != entry.unit_id
        for name in (unit.name, *unit.aliases)
    }
    taken = [n for n in (entry.name, *entry.aliases) if n in names]
    if taken:
        wrong["name"] = f"“{taken[0]}”已是{names[taken[0]]}的名称，请核对。"
    if wrong:
        raise Refused("单位没有保存，请按提示改正。", fields=wrong)
