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
    """One row for each act of `when` whose FEEL was true, and for each event whose kind `log` names.

    `columns` and `marked` are FEEL as well; they see what was said of the act as `said_reason`.
    """
    given = question.given
    rounds: dict[str, int] = {}
    for event in trail.events:
        names = {
            **event.names,
            "said_reason": event.body.get("reason") or None,
            "settings": event.definition.setting_values,
        }
        for place in _places(event, given, names):
            rounds[place] = rounds.get(place, 0) + 1
            cells = [_value(event, str(c["value"]), names) for c in given.get("columns", ())]
            marked = "marked" in given and _value(event, str(given["marked"]), names) is True
            if given.get("rounds"):
                cells, marked = [Decimal(rounds[place]), *cells], rounds[place] > 1
            yield Note(
                event.seq, place, unit_of(event), local_date(event.at), event.name, tuple(cells), marked
            )  # fmt: skip


def _places(event: Done, given: Mapping[str, Any], names: Mapping[str, Any]) -> Iterator[str]:
    """Where an event answers the question."""
    for act, place in event.places.items():
        if act in given["when"] and _value(event, str(given["when"][act]), names) is True:
            yield place
    if event.body["act"] in given.get("log", ()):
        element = event.body.get("element") or ""
        processes = (
            fields["process_id"]
            for _, fields in event.body["effects"]
            if fields.get("element_id") == element and "process_id" in fields
        )
        yield f"{next(processes, event.process)}/{element}"


def _value(event: Done, text: str, names: Mapping[str, Any]) -> Value:
    return evaluate(event.definition, text, names, event.at)  # type: ignore[no-any-return]
