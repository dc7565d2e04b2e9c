"""What one matter (a project, or an instance of none) adds to the answers: rows, from its events alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import Connection

from service.engine import Definition
from service.model.matter_rows import MatterRows
from service.model.values import canonical_json, to_json
from service.queries.monitors.check import Checked, checked
from service.queries.monitors.past import Done, Log, past
from service.queries.questions.declared import questions_of
from service.queries.questions.kinds import FROM_LOG
from service.queries.questions.note import Note
from service.queries.questions.trail import Trail, trail, unit_of
from service.queries.questions.working import Working
from service.regulation.dates import local_date
from service.store.tables.audit import BUNDLE

RULE = "rule-"  # question of the rows that an invariant found


def rows_of(
    connection: Connection,
    definition: Definition,
    working: Working,
    *,
    project_key: str | None,
    instance_key: str | None,
) -> MatterRows:
    """All rows of a matter; `definition` is the newest, whose questions and monitors count."""
    key = project_key or str(instance_key)
    log = Log(connection, project_key, None if project_key else instance_key)
    events = list(past(log))
    found = trail(events, working, definition)
    notes = [
        (question.id, note)
        for question in questions_of(definition).values()
        if question.kind in FROM_LOG and events
        for note in FROM_LOG[question.kind](question, found)
    ]
    results = checked(log, events)
    notes += _findings(log, results, {event.seq: event for event in events})
    return MatterRows(
        key,
        list(_deeds(found, key, project_key)),
        list(_passages(events, working, key)),
        list(_noted(notes, key, project_key)),
        [{"matter_key": key, "invariant": one.invariant, "tested": one.tested} for one in results],
    )


def _findings(
    log: Log, results: list[Checked], events: dict[int, Done]
) -> Iterator[tuple[str, Note]]:
    """(question, row) of each violation."""
    for one in results:
        for violation in one.violations:
            event = events.get(violation.seq)
            words = (violation.text,)
            if event:
                place = next(iter(event.places.values()), f"{event.process}/")
                who, unit, at = event.name, unit_of(event), event.at
            else:  # no step of an instance, such as a setting that came into force
                raw = next(e for e in log.events() if e.seq == violation.seq)
                actor = raw.body.get("actor") or {}
                place, who = f"{raw.body.get('process') or ''}/", actor.get("name", "")
                unit, at = actor.get("unit_id", ""), raw.at
            note = Note(violation.seq, place, unit, local_date(at), who, words, marked=True)
            yield f"{RULE}{one.invariant}", note


def _deeds(found: Trail, key: str, project_key: str | None) -> Iterator[dict[str, Any]]:
    for handled in found.handled:
        yield {
            "seq": handled.done.seq,
            "matter_key": key,
            "project_key": project_key,
            "place": handled.place,
            "unit_id": handled.unit,
            "day": local_date(handled.done.at),
            "days": handled.days,
        }


def _passages(events: list[Done], working: Working, key: str) -> Iterator[dict[str, Any]]:
    """How often each element was left, after how many working days."""
    entered: dict[str, date] = {}
    left: Counter[tuple[str, str, int]] = Counter()
    for event in events:
        day = local_date(event.at)
        bundle = event.definition.digest[:BUNDLE]
        for kind, fields in event.body["effects"]:
            if kind == "ElementEntered":
                entered[fields["task_key"]] = day
            elif kind == "ElementLeft":
                days = working.between(entered.pop(fields["task_key"], day), day)
                left[f"{fields['process_id']}/{fields['element_id']}", bundle, max(days, 0)] += 1
    for (place, bundle, days), count in left.items():
        yield {
            "matter_key": key, "place": place, "bundle": bundle, "days": days, "count": count,
        }  # fmt: skip


def _noted(
    notes: list[tuple[str, Note]], key: str, project_key: str | None
) -> Iterator[dict[str, Any]]:
    numbers: dict[tuple[str, int], int] = {}
    for question, note in notes:
        number = numbers[question, note.seq] = numbers.get((question, note.seq), 0) + 1
        yield {
            "question": question,
            "seq": note.seq,
            "number": number,
            "matter_key": key,
            "project_key": project_key,
            "place": note.place,
            "unit_id": note.unit,
            "day": note.day,
            "who": note.who,
            "cells": canonical_json([to_json(cell) for cell in note.cells]).decode(),
            "marked": note.marked,
            "sort": note.sort,
            "amount": note.amount,
        }
