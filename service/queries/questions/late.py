"""Tasks that were done after their time limit."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from service.queries.questions.declared import Column, Question
from service.queries.questions.note import Note, noted_at
from service.queries.questions.trail import Trail
from service.regulation.dates import local_date

COLUMNS: tuple[Column, ...] = (("期限", "date"), ("办结", "date"), ("逾期（工作日）", "number"))


def late(question: Question, trail: Trail) -> Iterator[Note]:
    """One row for each; marked from a working week on."""
    for handled in trail.handled:
        if handled.due is None or handled.done.at <= handled.due:
            continue
        last, done = local_date(handled.due), local_date(handled.done.at)
        days = trail.working.between(last, done)
        yield noted_at(handled, last, done, Decimal(days), marked=days >= 5)
