"""The history as monitors read it: who did which acts when, with what was submitted and what held then."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select

from service.definitions import definition_of
from service.engine import Definition
from service.forms import typed_values
from service.model.values import from_json
from service.regulation.dates import local_date
from service.store import history
from service.store import tables as t
from service.store.history import StoredEvent


@dataclass(frozen=True)
class Log:
    """The events of a project, of an instance of no project, or (neither given) all."""

    connection: Connection
    project_key: str | None = None
    instance_key: str | None = None

    def events(self) -> Iterator[StoredEvent]:
        """In order."""
        return history.read(
            self.connection, project_key=self.project_key, instance_key=self.instance_key
        )


@dataclass(frozen=True)
class Done:
    """One event of the log that moved an instance.

    `acts` are those that its elements performed, `places` their elements. `names`: facts of the project,
    variables of the instance, and the fields submitted, as they stood after it; `last` the day of each act so far;
    `facts_before` the facts as they stood before; `body` is the event itself.
    """

    seq: int
    at: datetime
    project: str
    definition: Definition
    process: str
    person: str
    principal: str | None
    name: str
    unit: str
    is_task: bool
    acts: tuple[str, ...]
    places: Mapping[str, str]
    facts_before: Mapping[str, Any]
    body: Mapping[str, Any]
    submitted: Mapping[str, Any]
    names: Mapping[str, Any]
    last: Mapping[str, date]


@dataclass
class _Kept:
    facts: dict[str, dict[str, Any]] = field(default_factory=dict)
    variables: dict[str, dict[str, Any]] = field(default_factory=dict)
    last: dict[str, dict[str, date]] = field(default_factory=dict)


def past(log: Log) -> Iterator[Done]:
    """All events that moved an instance, in order."""
    kept = _Kept()
    for event in log.events():
        if "input" in event.body:
            yield _done(log.connection, kept, event)


def _done(connection: Connection, kept: _Kept, event: Any) -> Done:
    body = event.body
    definition = definition_of(connection, body["bundle"])
    project = event.project_key or str(event.instance_key)
    facts = kept.facts.setdefault(project, {})
    variables = kept.variables.setdefault(str(event.instance_key), {})
    last = kept.last.setdefault(project, {})
    before, facts_before = dict(last), dict(facts)
    acts: dict[str, str] = {}
    for kind, fields in body["effects"]:
        if kind == "FactsSet":
            facts.update(_values(fields["facts"]))
        elif kind == "VariablesSet":
            variables.update(_values(fields["variables"]))
        elif kind in ("UserTaskCompleted", "ElementLeft"):
            element = definition.processes[fields["process_id"]].elements.get(fields["element_id"])
            if element and element.act:
                acts[element.act] = f"{element.process_id}/{element.id}"
                last[element.act] = local_date(event.at)
    submitted = _submission(connection, definition, body)
    actor = body.get("actor") or {}
    return Done(
        event.seq,
        event.at,
        project,
        definition,
        body["process"],
        actor.get("account_key", ""),
        (actor.get("on_behalf_of") or {}).get("account_key"),
        actor.get("name", ""),
        actor.get("unit_id", ""),
        event.act == "complete_task",
        tuple(acts),
        acts,
        facts_before,
        body,
        submitted,
        {**submitted, **variables, **facts},
        before,
    )


def _values(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: from_json(value) for name, value in fields.items()}


def _submission(connection: Connection, definition: Definition, body: Any) -> dict[str, Any]:
    if "submission" not in body:
        return {}
    content = connection.execute(
        select(t.submission.c.content).where(
            t.submission.c.task_key == body["task"], t.submission.c.digest == body["submission"]
        )
    ).scalar()
    form = definition.forms.get(body.get("form", ""))
    if content is None or form is None:
        return {}
    raw = json.loads(content)
    return {**raw, **typed_values(form, raw)}
