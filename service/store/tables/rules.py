"""Settings and working days as the county has changed them: projections of the log."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, Integer, String, Table, Text

from service.store.tables.base import BigId, Id, Key, UtcDateTime, metadata

# A version of a setting, in force from `effective_on` on until a later one is; `value` and `was` are JSON
# (service/model/values.py), `signed` is the JSON list of those who took part.
setting_value = Table(
    "setting_value",
    metadata,
    Column("seq", BigId, primary_key=True, autoincrement=False),
    Column("setting_id", Id, nullable=False),
    Column("value", Text, nullable=False),
    Column("was", Text, nullable=False),
    Column("effective_on", Date, nullable=False),
    Column("reason", Text, nullable=False),
    Column("file_no", Text, nullable=False),
    Column("instance_key", Key, nullable=False),
    Column("signed", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index("ix_setting_value_setting", "setting_id", "effective_on"),
)

# A year that replaces the one of the deployed calendar; `digest` is of its days.
calendar_year = Table(
    "calendar_year",
    metadata,
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("source", Text, nullable=False),
    Column("provisional", Boolean, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("seq", BigId, nullable=False),
)

# An exception to the week in one of those years.
calendar_day = Table(
    "calendar_day",
    metadata,
    Column("day", Date, primary_key=True),
    Column("year", ForeignKey("calendar_year.year"), nullable=False),
    Column("working", Boolean, nullable=False),
    Column("name", Text, nullable=False),
    Index("ix_calendar_day_year", "year"),
)
