"""Keep what the log says to auditors' questions: rows that can be found again at any time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, and_, delete, insert, literal, select, update

from service.model.matter_rows import MatterRows
from service.store import tables as t

NAME = "questions"


def keep_answers(
    connection: Connection, matters: Iterable[MatterRows], *, upto: int, rules: str, now: datetime
) -> None:
    """Put the rows of these matters in place of those kept, and note that the log is read up to `upto`."""
    for rows in matters:
        _add_up(connection, t.deed, t.deed_total, rows.matter_key, rows.deeds)
        _add_up(connection, t.passage, t.passage_total, rows.matter_key, rows.passages)
        _replace(connection, t.deed, rows.matter_key, rows.deeds)
        _replace(connection, t.passage, rows.matter_key, rows.passages)
        _replace(connection, t.noted, rows.matter_key, rows.noted)
        _replace(connection, t.rule_tested, rows.matter_key, rows.tested)
    mark = {"upto": upto, "rules": rules, "at": now}
    this = t.index_mark.c.name == NAME
    if connection.execute(update(t.index_mark).where(this).values(**mark)).rowcount == 0:
        connection.execute(insert(t.index_mark).values(name=NAME, **mark))


def forget_answers_to_questions(connection: Connection) -> None:
    """All rows go: questions or calendar are others now."""
    for table in (
        t.deed,
        t.deed_total,
        t.passage,
        t.passage_total,
        t.noted,
        t.rule_tested,
        t.index_mark,
    ):
        connection.execute(delete(table))


def hold_mark(connection: Connection) -> tuple[int, str]:
    """(how far the log is read, by which rules); held until the transaction ends."""
    row = connection.execute(
        select(t.index_mark).where(t.index_mark.c.name == NAME).with_for_update()
    ).first()
    return (row.upto, row.rules) if row else (0, "")


def _replace(
    connection: Connection, table: Any, key: str, rows: Sequence[Mapping[str, Any]]
) -> None:
    connection.execute(delete(table).where(table.c.matter_key == key))
    if rows:
        connection.execute(insert(table), rows)


def _add_up(
    connection: Connection, table: Table, total: Table, key: str, rows: Sequence[Mapping[str, Any]]
) -> None:
    """Carry what a matter has more or less than before into the totals; the mark is held, so nobody else does."""
    names = [column.name for column in total.primary_key]
    change: Counter[tuple[Any, ...]] = Counter()
    for row in rows:
        change[tuple(row[n] for n in names)] += row.get("count", 1)
    each = table.c.count if "count" in table.c else literal(1)
    before = select(*(table.c[n] for n in names), each).where(table.c.matter_key == key)
    for *place, count in connection.execute(before):
        change[tuple(place)] -= count
    for values, more in sorted(change.items()):
        this = and_(*(total.c[n] == v for n, v in zip(names, values, strict=True)))
        added = update(total).where(this).values(count=total.c.count + more)
        if more and connection.execute(added).rowcount == 0:
            new = {**dict(zip(names, values, strict=True)), "count": more}
            connection.execute(insert(total), new)
    connection.execute(delete(total).where(total.c.count == 0))
