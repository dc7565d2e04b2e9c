"""After a setting or a year of the calendar has come into force, the dates of running instances follow."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, exists, or_, select

from service.commands.follow_rules import follow_rules, followers
from service.regulation.dates import local_date
from service.store import tables as t
from service.store.session import begin, reading

RECENT = timedelta(
    days=2
)  # doing it again changes nothing, so a worker that was down a night misses nothing
_CALENDAR = "set_calendar_year"


def follow_changes(engine: Engine, *, now: datetime, always: bool = False) -> list[str]:
    """The keys of the instances whose dates have moved. `always`: also when nothing was changed lately."""
    with reading(engine) as connection:
        if not always and not _changed(connection, now):
            return []
        keys = followers(connection)
    moved = []
    for key in keys:
        with begin(engine) as connection:
            if follow_rules(connection, key, now=now):
                moved.append(key)
    return moved


def _changed(connection: Connection, now: datetime) -> bool:
    today = local_date(now)
    settings = exists().where(
        t.setting_value.c.effective_on <= today,
        or_(t.setting_value.c.effective_on >= today - RECENT, t.setting_value.c.at >= now - RECENT),
    )
    calendar = exists().where(t.event.c.act == _CALENDAR, t.event.c.at >= now - RECENT)
    return bool(connection.execute(select(or_(settings, calendar))).scalar())
