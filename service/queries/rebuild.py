"""Rebuild every row from the event log alone, and compare."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Table, bindparam, select

from service.definitions import definition_of, in_force
from service.engine import advance
from service.model.inputs import MigrateInstance, ReturnTo
from service.model.wire import decode_input, encode
from service.queries.rebuild_repairs import REPAIRED, unfounded
from service.queries.rebuild_rows import ROWS_ONLY
from service.recorded import past_of
from service.store import history, projections
from service.store import tables as t
from service.store.facts import facts_of, project_begun
from service.store.history import StoredEvent
from service.store.prepared import Prepared
from service.store.scratch import scratch
from service.store.where import Where

_BEFORE = Prepared(
    select(t.instance.c.state, t.instance.c.seq).where(
        t.instance.c.instance_key == bindparam("key")
    )
)
_SUBMITTED = Prepared(
    select(t.submission.c.content).where(
        t.submission.c.task_key == bindparam("task"), t.submission.c.digest == bindparam("digest")
    )
)


def differences(connection: Connection) -> list[str]:
    """A Chinese sentence for each thing that the log does not confirm; empty when all is equal.

    The chain of hashes, the digests of submissions, and projects, participants, instances with their
    states, tasks, timers, awaited messages and notices.
    """
    broken = history.first_broken(connection)
    if broken is not None:
        return [f"事件 {broken} 的哈希或链接不对"]
    with scratch() as rebuilt:
        found = [
            sentence
            for event in history.read(connection)
            for sentence in _replayed(connection, rebuilt, event)
        ]
        for table in t.PROJECTIONS:
            found += _compared(connection, rebuilt, table)
    return found


def _replayed(connection: Connection, rebuilt: Connection, event: StoredEvent) -> Iterator[str]:
    """Carry one event into the scratch database, through the functions that wrote the real rows."""
    body = event.body
    if "begins" in body:
        begins = body["begins"]
        project_begun(
            rebuilt, str(event.project_key), no=begins["no"], unit_id=begins["unit"], at=event.at
        )
    if "submission" in body and not _has_submission(connection, body):
        yield f"事件 {event.seq} 的表单内容与摘要不符"
    if event.act == REPAIRED and (wrong := unfounded(rebuilt, event)):
        yield wrong
    if event.act in ROWS_ONLY:
        ROWS_ONLY[event.act](rebuilt, _where(event), body)
    if "input" in body:
        yield from _advanced(connection, rebuilt, event)


def _where(event: StoredEvent, facts: dict[str, Any] | None = None) -> Where:
    actor = event.body.get("actor") or {}
    return Where(
        str(event.instance_key),
        event.project_key,
        event.at,
        actor.get("account_key", ""),
        actor.get("name", ""),
        (actor.get("on_behalf_of") or {}).get("account_key"),
        facts or {},
    )


def _advanced(connection: Connection, rebuilt: Connection, event: StoredEvent) -> Iterator[str]:
    body, key = event.body, event.instance_key
    deployed = definition_of(connection, body["bundle"])
    definition = in_force(rebuilt, deployed, event.at)
    if body.get("rules") not in (None, definition.rules_digest):
        yield f"事件 {event.seq} 当时的设置或日历与记录不同"
    before = _BEFORE.first(rebuilt, {"key": key})
    facts = facts_of(rebuilt, event.project_key)
    input_ = decode_input(body["input"])
    past = (
        past_of(
            connection,
            str(key),
            event.project_key,
            rules=rebuilt,
            before=event.seq,
            onto=_onto(input_, body),
        )
        if isinstance(input_, ReturnTo | MigrateInstance)
        else ()
    )
    step = advance(
        definition,
        bytes(before.state) if before else None,
        input_,
        instance_key=str(key),
        now=event.at,
        facts=facts,
        past=past,
    )
    if [encode(e) for e in step.events] != body["effects"] or step.digest != body["state"]:
        yield f"事件 {event.seq} 重演的结果与记录不同"
    where = _where(event, facts)
    projections.instance_saved(
        rebuilt,
        where,
        process_id=body["process"],
        digest=body["bundle"],
        state=step.state,
        seq=before.seq + 1 if before else 1,
    )
    projections.project_events(rebuilt, where, step.events)


def _onto(input_: Any, body: Any) -> str | None:
    """The version onto which a migration carries the log."""
    return str(body["bundle"]) if isinstance(input_, MigrateInstance) else None


def _has_submission(connection: Connection, body: Any) -> bool:
    found = _SUBMITTED.all(connection, {"task": body["task"], "digest": body["submission"]})
    digests = [hashlib.sha256(row.content.encode()).hexdigest() for row in found]
    return digests == [body["submission"]]


def _compared(connection: Connection, rebuilt: Connection, table: Table) -> list[str]:
    """One sentence for each row of a table that is missing, too many or different."""
    real, wanted = _rows(connection, table), _rows(rebuilt, table)
    found = [f"{table.name} {key} 不在日志中" for key in sorted(real.keys() - wanted.keys())]
    found += [
        f"{table.name} {key} 在日志中有，表中没有" for key in sorted(wanted.keys() - real.keys())
    ]
    for key in sorted(real.keys() & wanted.keys()):
        columns = [n for n in real[key] if real[key][n] != wanted[key][n]]
        if columns:
            found.append(f"{table.name} {key} 的 {'、'.join(columns)} 与日志不符")
    return found


def _rows(connection: Connection, table: Table) -> dict[str, dict[str, Any]]:
    keys = [column.name for column in table.primary_key]
    return {
        json.dumps([row[key] for key in keys], ensure_ascii=False, default=str): dict(row)
        for row in connection.execute(select(table)).mappings()
    }
