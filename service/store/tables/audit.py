"""What auditors ask, found from the log beforehand: each row of a matter can be found again from its events.

A matter is a project, or an instance of no project. Which of these rows exist follows from the log, the
questions and the calendar alone (`jobs/index_record.py`); none of them is evidence.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Date, Index, Integer, String, Table, Text

from service.store.tables.base import BigId, Id, Key, UtcDateTime, metadata

BUNDLE = 12  # so much of a digest tells the deployed bundles of a county apart

# A user task that was completed: where, for which unit, on which day, after how many working days.
deed = Table(
    "deed",
    metadata,
    Column("seq", BigId, primary_key=True, autoincrement=False),
    Column("matter_key", Key, nullable=False),
    Column("project_key", Key),
    Column("place", Id, nullable=False),
    Column("unit_id", Id, nullable=False),
    Column("day", Date, nullable=False),
    Column("days", Integer, nullable=False),
    Index("ix_deed_place", "place", "unit_id", "days", "day", "seq"),
    Index("ix_deed_matter", "matter_key"),
    Index("ix_deed_day", "day", "place", "unit_id", "days"),
)

# The same, added up over all matters and days.
deed_total = Table(
    "deed_total",
    metadata,
    Column("place", Id, primary_key=True),
    Column("unit_id", Id, primary_key=True),
    Column("days", Integer, primary_key=True, autoincrement=False),
    Column("count", BigInteger, nullable=False),
)

# How often an element of a deployed bundle was left in a matter after so many working days.
passage = Table(
    "passage",
    metadata,
    Column("matter_key", Key, primary_key=True),
    Column("place", Id, primary_key=True),
    Column("bundle", String(BUNDLE), primary_key=True),
    Column("days", Integer, primary_key=True, autoincrement=False),
    Column("count", Integer, nullable=False),
)

# The same, added up over all matters, so that heat need not read them.
passage_total = Table(
    "passage_total",
    metadata,
    Column("place", Id, primary_key=True),
    Column("bundle", String(BUNDLE), primary_key=True),
    Column("days", Integer, primary_key=True, autoincrement=False),
    Column("count", BigInteger, nullable=False),
)

# A row of the answer to a question; `cells` are JSON (service/model/values.py). `sort` and `amount` (in fen)
# are for questions that add rows up, `marked` for rows that deserve a second look.
noted = Table(
    "noted",
    metadata,
    Column("question", Id, primary_key=True),
    Column("seq", BigId, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("matter_key", Key, nullable=False),
    Column("project_key", Key),
    Column("place", Id, nullable=False),
    Column("unit_id", Id, nullable=False),
    Column("day", Date, nullable=False),
    Column("who", Text, nullable=False),
    Column("cells", Text, nullable=False),
    Column("marked", Boolean, nullable=False),
    Column("sort", Id),
    Column("amount", BigInteger),
    Index("ix_noted_matter", "matter_key"),
    Index("ix_noted_counts", "question", "day", "unit_id", "place", "marked"),
)

# How often an invariant of monitors.yaml was tested in a matter.
rule_tested = Table(
    "rule_tested",
    metadata,
    Column("matter_key", Key, primary_key=True),
    Column("invariant", String(20), primary_key=True),
    Column("tested", Integer, nullable=False),
)

# How far the log has been read, and by which questions and calendar: one row.
index_mark = Table(
    "index_mark",
    metadata,
    Column("name", String(20), primary_key=True),
    Column("upto", BigId, nullable=False),
    Column("rules", String(64), nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

# When an auditor last read something, so that a reload is not a new event.
auditor_reading = Table(
    "auditor_reading",
    metadata,
    Column("account_key", Key, primary_key=True),
    Column("what", String(100), primary_key=True),
    Column("matter_key", Key, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
)
