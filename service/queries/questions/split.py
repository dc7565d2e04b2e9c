"""Projects that a unit might have cut into pieces: each under a limit, together above it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from service.queries.project_facts import fact_text
from service.queries.questions.declared import Column, Question
from service.queries.questions.note import Note
from service.queries.questions.trail import Trail, unit_of
from service.regulation.dates import local_date

COLUMNS: tuple[Column, ...] = (("类别", "text"), ("金额", "money"))
FEN = 100


def split(question: Question, trail: Trail) -> Iterator[Note]:
    """What the project asks for now (`amount`), in the year and sort (`same`) in which it first did."""
    amount, same = question.given["amount"], question.given["same"]
    first = next((e for e in trail.events if isinstance(e.names.get(amount), Decimal)), None)
    if first is None:
        return
    last = trail.events[-1].names
    now, sort = last.get(amount), last.get(same)
    if not isinstance(now, Decimal) or sort is None:
        return
    day = local_date(first.at)
    yield Note(
        first.seq, next(iter(first.places.values()), f"{first.process}/"), unit_of(first), day, first.name,
        (fact_text(trail.definition, same, sort), now), sort=f"{day.year} {sort}", amount=int(now * FEN),
    )  # fmt: skip
