"""Acts of people outside office hours: on days when offices are closed, before they open, after they close."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time

from service.queries.questions.declared import Column, Question
from service.queries.questions.note import Note, noted_at
from service.queries.questions.trail import Trail
from service.regulation.dates import SHANGHAI

COLUMNS: tuple[Column, ...] = (("时间", "text"), ("属于", "text"))


def off_hours(question: Question, trail: Trail) -> Iterator[Note]:
    """One row for each completed task; marked when offices were closed the whole day."""
    opens, closes = (time.fromisoformat(str(question.given[k])) for k in ("opens", "closes"))
    for handled in trail.handled:
        local = handled.done.at.astimezone(SHANGHAI)
        closed = not trail.working.calendar.is_working_day(local.date())
        if closed:
            why = "休息日"
        elif local.time() < opens:
            why = "上班前"
        elif local.time() >= closes:
            why = "下班后"
        else:
            continue
        yield noted_at(handled, f"{local:%Y-%m-%d %H:%M}", why, marked=closed)
