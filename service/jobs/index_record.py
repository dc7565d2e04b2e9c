"""Read what is new in the log for the questions of auditors, matter by matter."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime

from sqlalchemy import Connection, Engine, func, select

from service.commands.keep_answers import forget_answers_to_questions, hold_mark, keep_answers
from service.definitions import in_force, newest_definition
from service.engine import Definition
from service.queries.questions.declared import digest_of
from service.queries.questions.matter import rows_of
from service.queries.questions.working import Working
from service.store import deployments
from service.store import tables as t
from service.store.session import begin, reading

BATCH = 400  # events looked at in one transaction


def index_record(engine: Engine, *, now: datetime, most: int | None = None) -> int:
    """Read on until nothing is new, or `most` events have been looked at; returns how many are left.

    A matter with something new is read anew as a whole, so that reading twice, or by two at once, gives
    the same rows.
    """
    looked_at = 0
    while True:
        seen, left = _batch(engine, now)
        looked_at += seen
        if not left or not seen or (most is not None and looked_at >= most):
            return left


def _batch(engine: Engine, now: datetime) -> tuple[int, int]:
    """(how many events were looked at, how many are left)."""
    with reading(engine) as connection:
        if deployments.newest(connection) is None:
            return 0, 0
        definition = in_force(connection, newest_definition(connection), now)
        rules = _rules(definition)
        mark = connection.execute(select(t.index_mark)).first()
        last = _last(connection)
    if mark and (mark.upto, mark.rules) == (last, rules):
        return 0, 0
    with begin(engine) as connection:
        upto, before = hold_mark(connection)
        if before not in ("", rules) or upto > _last(connection):
            forget_answers_to_questions(connection)
            upto = 0
        found = connection.execute(
            select(t.event.c.seq, t.event.c.project_key, t.event.c.instance_key)
            .where(t.event.c.seq > upto)
            .order_by(t.event.c.seq)
            .limit(BATCH)
        ).all()
        matters = dict.fromkeys(
            (r.project_key, None if r.project_key else r.instance_key)
            for r in found
            if r.project_key or r.instance_key
        )
        working = Working(definition.calendar)
        rows = [
            rows_of(connection, definition, working, project_key=p, instance_key=i)
            for p, i in matters
        ]
        reached = found[-1].seq if found else upto
        keep_answers(connection, rows, upto=reached, rules=rules, now=now)
        return len(found), _last(connection) - reached


def _last(connection: Connection) -> int:
    return connection.execute(select(func.max(t.event.c.seq))).scalar() or 0


def _rules(definition: Definition) -> str:
    said = json.dumps([digest_of(definition), definition.calendar.as_json()])
    return hashlib.sha256(said.encode()).hexdigest()
