"""Settings and working days as the county has changed them: written from the log, read as of a day."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select

from service.model.values import Value, canonical_json, from_json
from service.regulation.calendar import Calendar, Day, Year
from service.store import tables as t
from service.store.prepared import Prepared
from service.store.where import Where

_VALUES = Prepared(
    select(t.setting_value.c.setting_id, t.setting_value.c.value)
    .where(t.setting_value.c.effective_on <= bindparam("today"))
    .order_by(t.setting_value.c.effective_on, t.setting_value.c.seq)
)
_YEARS = Prepared(select(t.calendar_year).order_by(t.calendar_year.c.year))
_DAYS = select(t.calendar_day).where(t.calendar_day.c.year == bindparam("year"))
_NEW_VALUE = insert(t.setting_value)


def values_on(connection: Connection, today: date) -> dict[str, Value]:
    """The settings that have been changed, with their values in force on a day."""
    rows = _VALUES.all(connection, {"today": today})
    return {row.setting_id: from_json(json.loads(row.value)) for row in rows}


def calendar_with(connection: Connection, base: Calendar) -> Calendar:
    """`base` with the years that the county has set in their place; the same object while nothing changes."""
    years = [_year(connection, row) for row in _YEARS.all(connection, {})]
    return _joined(base, tuple(years)) if years else base


def year_digest(days: list[list[Any]]) -> str:
    """SHA-256 over `[[day, working, name], …]`, in hexadecimal."""
    return hashlib.sha256(canonical_json(days)).hexdigest()


_known: dict[tuple[int, str, bool, str], Year] = {}
LIMIT = 100


def _year(connection: Connection, row: Any) -> Year:
    key = (row.year, row.source, row.provisional, row.digest)
    if key not in _known:
        if len(_known) >= LIMIT:
            _known.clear()
        days = connection.execute(_DAYS, {"year": row.year})
        made = sorted((Day(d.day, d.working, d.name) for d in days), key=lambda d: d.day)
        _known[key] = Year(row.year, tuple(made), row.source, row.provisional)
    return _known[key]


@lru_cache(maxsize=16)
def _joined(base: Calendar, years: tuple[Year, ...]) -> Calendar:
    return base.with_years(years)


def setting_set(connection: Connection, where: Where, seq: int, said: Mapping[str, Any]) -> None:
    """A setting has a new version; `said` as the log has it under `setting`."""
    row = {
        "seq": seq,
        "setting_id": said["id"],
        "value": canonical_json(said["value"]).decode(),
        "was": canonical_json(said["was"]).decode(),
        "effective_on": date.fromisoformat(said["effective_on"]),
        "reason": said["reason"],
        "file_no": said["file_no"],
        "instance_key": where.instance_key,
        "signed": canonical_json(said["signed"]).decode(),
        "at": where.at,
    }
    connection.execute(_NEW_VALUE, row)


def year_set(connection: Connection, seq: int, said: Mapping[str, Any]) -> None:
    """A year of the calendar is as `said`: what the log has under `year`."""
    year = int(said["year"])
    connection.execute(delete(t.calendar_day).where(t.calendar_day.c.year == year))
    connection.execute(delete(t.calendar_year).where(t.calendar_year.c.year == year))
    row = {
        "year": year,
        "source": said["source"],
        "provisional": said["provisional"],
        "digest": year_digest(said["days"]),
        "seq": seq,
    }
    connection.execute(insert(t.calendar_year), row)
    rows = [
        {"day": date.fromisoformat(day), "year": year, "working": working, "name": name}
        for day, working, name in said["days"]
    ]
    if rows:
        connection.execute(insert(t.calendar_day), rows)
