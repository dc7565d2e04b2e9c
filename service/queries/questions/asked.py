"""All questions with how many rows answer each, and a page of one of them."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from datetime import datetime

import yaml
from sqlalchemy import Connection, func, select

from service.engine import Definition
from service.model.errors import NotFound
from service.queries.questions.declared import Column, Question, questions_of
from service.queries.questions.durations import by_place_and_unit, durations
from service.queries.questions.found import counts, found
from service.queries.questions.kinds import columns_of
from service.queries.questions.matter import RULE
from service.queries.questions.overdue import overdue, overdue_count
from service.queries.questions.table import Answer, Filters
from service.queries.questions.together import together, together_count
from service.store import tables as t

PAGE = 50


@dataclass(frozen=True)
class Asked:
    """A question, how many rows answer it, how many of them are marked."""

    question: Question
    rows: int
    marked: int


@dataclass(frozen=True)
class Rule:
    """An invariant checked over the history: how many events were tested, how many broke it."""

    question: Question
    tested: int
    violations: int


@dataclass(frozen=True)
class Mark:
    """How far the log has been read for the questions, and how far it goes."""

    upto: int
    last: int
    at: datetime | None


def mark_of(connection: Connection) -> Mark:
    """Until where the answers go."""
    row = connection.execute(select(t.index_mark)).first()
    last = connection.execute(select(func.max(t.event.c.seq))).scalar() or 0
    return Mark(row.upto, last, row.at) if row else Mark(0, last, None)


def asked(
    connection: Connection, definition: Definition, filters: Filters, *, now: datetime
) -> list[Asked]:
    """Every question with its counts, in the order of questions.yaml."""
    known = counts(connection, definition, filters)
    made = []
    for question in questions_of(definition).values():
        rows, marked = known.get(question.id, (0, 0))
        if question.kind == "durations":
            rows = len(by_place_and_unit(connection, definition, filters))
        elif question.kind == "overdue":
            rows = marked = overdue_count(connection, definition, filters, now)
        elif question.kind == "split":
            rows = marked = together_count(connection, definition, question, filters)
        made.append(Asked(question, rows, marked))
    return made


def rules(connection: Connection, definition: Definition, filters: Filters) -> list[Rule]:
    """Every invariant that running data can show, with what was found; those of an article when asked."""
    tested: dict[str, int] = {
        invariant: int(total)
        for invariant, total in connection.execute(
            select(t.rule_tested.c.invariant, func.sum(t.rule_tested.c.tested)).group_by(
                t.rule_tested.c.invariant
            )
        )
    }
    everywhere = Filters(filters.since, filters.until, filters.unit)
    known = counts(connection, definition, everywhere)
    return [
        Rule(q, tested.get(q.id.removeprefix(RULE), 0), known.get(q.id, (0, 0))[0])
        for q in rule_questions(definition)
        if filters.article is None
        or any(
            c in definition.clauses and definition.clauses[c].article == filters.article
            for c in q.clauses
        )
    ]


def rule_questions(definition: Definition) -> list[Question]:
    """The invariants of monitors.yaml as questions: what broke them?"""
    files = definition.bundle.files
    return _rules(
        files.get("processes/monitors.yaml", b""), files.get("processes/invariants.yaml", b"")
    )


@functools.lru_cache(maxsize=4)
def _rules(monitors: bytes, invariants: bytes) -> list[Question]:
    first = yaml.load(monitors, Loader=yaml.CSafeLoader) or {}
    second = yaml.load(invariants, Loader=yaml.CSafeLoader) or {}
    texts = {e["id"]: e for e in second.get("invariants", ())}
    return [
        Question(
            f"{RULE}{name}", texts[name]["text"], "对全部历史逐项核对，违反的列在下面。", "rule",
            tuple(texts[name].get("clauses") or ()), False, {},
        )
        for name in dict.fromkeys(m["invariant"] for m in first.get("monitors", ()))
        if name in texts
    ]  # fmt: skip


def question_of(definition: Definition, question_id: str) -> Question:
    """A question or an invariant by id. Raises NotFound."""
    known = {**questions_of(definition), **{q.id: q for q in rule_questions(definition)}}
    if question_id not in known:
        raise NotFound("没有这个审计问题。")
    return known[question_id]


def answer(
    connection: Connection,
    definition: Definition,
    question: Question,
    filters: Filters,
    *,
    now: datetime,
    limit: int = PAGE,
    after: str = "",
) -> Answer:
    """A page of the rows that answer a question."""
    if question.kind == "durations":
        return durations(connection, definition, filters, limit=limit, after=after)
    if question.kind == "overdue":
        return overdue(connection, definition, filters, now=now, limit=limit, after=after)
    if question.kind == "split":
        return together(connection, definition, question, filters, limit=limit, after=after)
    if question.kind == "rule":
        filters = Filters(filters.since, filters.until, filters.unit)
        columns: tuple[Column, ...] = (("发现的问题", "text"),)
    else:
        columns = columns_of(question)
    return found(connection, definition, question.id, columns, filters, limit=limit, after=after)
