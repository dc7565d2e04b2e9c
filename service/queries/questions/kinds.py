"""Which kinds of questions there are: how each finds its rows, and what its columns are called."""

from __future__ import annotations

from service.queries.questions import (
    by_act,
    changed_after,
    late,
    off_hours,
    on_behalf,
    split,
    two_parts,
)
from service.queries.questions.declared import Column, Question
from service.queries.questions.note import Kind

FROM_LOG: dict[str, Kind] = {
    "late": late.late,
    "noted": by_act.by_act,
    "on_behalf": on_behalf.on_behalf,
    "off_hours": off_hours.off_hours,
    "changed_after": changed_after.changed_after,
    "two_parts": two_parts.two_parts,
    "split": split.split,
}
_COLUMNS = {
    "late": late.COLUMNS,
    "on_behalf": on_behalf.COLUMNS,
    "off_hours": off_hours.COLUMNS,
    "changed_after": changed_after.COLUMNS,
    "two_parts": two_parts.COLUMNS,
    "split": split.COLUMNS,
}


def columns_of(question: Question) -> tuple[Column, ...]:
    """Headings and kinds of the cells of a question's rows."""
    return by_act.columns(question) if question.kind == "noted" else _COLUMNS[question.kind]
