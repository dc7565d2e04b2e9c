"""Acts of which a condition was true: each time, with what the question wants to see of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from service.engine.context import evaluate
from service.model.values import Value
from service.queries.monitors.past import Done
from service.queries.questions.declared import Column, Question
from service.queries.questions.note import Note
from service.queries.questions.trail import Trail, unit_of
from service.regulation.dates import local_date


def columns(question: Question) -> tuple[Column, ...]:
    """Those that the question declares; how many times it is, where it counts rounds."""
    declared = tuple((str(c["label"]), str(c["kind"])) for c in question.given.get("columns", ()))
    return (("第几回", "number"), *declared) if question.given.get("rounds") else declared


def by_act(question: Question, trail: Trail) -> Iterator[Note]:
    """One row for each act of `when` whose FEEL was true; `columns` and `marked` are FEEL as well."""
    given = question.given
    rounds: dict[str, int] = {}
    for event in trail.events:
        for act, place in event.places.items():
            if act not in given["when"]:
                continue
            names = {**event.names, "settings": event.definition.setting_values}
            if _value(event, str(given["when"][act]), names) is not True:
                continue
            rounds[place] = rounds.get(place, 0) + 1
            cells = [_value(event, str(c["value"]), names) for c in given.get("columns", ())]
            marked = "marked" in given and _value(event, str(given["marked"]), names) is True
            if given.get("rounds"):
                cells, marked = [Decimal(rounds[place]), *cells], rounds[place] > 1
            yield Note(
                event.seq,
                place,
                unit_of(event),
                local_date(event.at),
                event.name,
                tuple(cells),
                marked,
            )


def _value(event: Done, text: str, names: Mapping[str, Any]) -> Value:
    return evaluate(event.definition, text, names, event.at)  # type: ignore[no-any-return]
