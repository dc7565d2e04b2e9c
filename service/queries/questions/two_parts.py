"""One person in two parts of one project; who acts for a person is counted as both."""

from __future__ import annotations

from collections.abc import Iterator

from service.queries.questions.declared import Column, Question
from service.queries.questions.note import Note, noted_at
from service.queries.questions.trail import Handled, Trail

COLUMNS: tuple[Column, ...] = (("这次身份", "text"), ("以前身份", "text"), ("以前办理", "text"))


def two_parts(question: Question, trail: Trail) -> Iterator[Note]:
    """A row at the first act of a person in each further part; `parts` names lists of groups."""
    part_of = {group: name for name, groups in question.given["parts"].items() for group in groups}
    seen: dict[str, dict[str, Handled]] = {}
    for handled in trail.handled:
        part = part_of.get(handled.group)
        if part is None:
            continue
        for person in filter(None, (handled.done.person, handled.done.principal)):
            parts = seen.setdefault(person, {})
            if part in parts:
                continue
            before = next(iter(parts.items()), None)
            parts[part] = handled
            if before:
                yield noted_at(handled, part, before[0], before[1].element.name, marked=True)
