"""Facts of a project that took another value after an act had settled them."""

from __future__ import annotations

from collections.abc import Iterator

from service.engine.context import evaluate
from service.queries.project_facts import fact_name, fact_text
from service.queries.questions.declared import Column, Question
from service.queries.questions.note import Note
from service.queries.questions.trail import Trail, unit_of
from service.regulation.dates import local_date

COLUMNS: tuple[Column, ...] = (("事项", "text"), ("原来", "text"), ("现在", "text"))


def changed_after(question: Question, trail: Trail) -> Iterator[Note]:
    """One row for each fact each time; what had no value before is not changed."""
    given, settled = question.given, False
    for event in trail.events:
        if settled:
            before, after = event.facts_before, event.names
            for name in given["facts"]:
                old, new = before.get(name), after.get(name)
                if old is not None and old != new and name in after:
                    label = fact_name(trail.definition, name)
                    said = (fact_text(trail.definition, name, v) for v in (old, new))
                    place = next(iter(event.places.values()), f"{event.process}/")
                    yield Note(
                        event.seq, place, unit_of(event), local_date(event.at), event.name,
                        (label, *said), marked=True,
                    )  # fmt: skip
        if given["act"] in event.acts:
            settled = evaluate(event.definition, given["that"], event.names, event.at) is True
