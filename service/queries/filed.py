"""All that was submitted in a project, in order, as the log and the submissions hold it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, select

from service.definitions import definition_of
from service.forms import Form
from service.model.values import from_json
from service.papers.filed import Filed
from service.store import history as log
from service.store import tables as t
from service.store.register import lists_for, lists_units


@dataclass
class ProjectRecord:
    """What the log says of a project up to an event: submissions, facts, variables, decisions.

    `upto`, `head`, `at`: number, hash and time of its last event. `begun`: number, unit and the
    unit's name at its beginning; `main`: its first instance.
    """

    project_key: str
    upto: int = 0
    head: str = ""
    at: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    main: str = ""
    begun: dict[str, Any] = field(default_factory=dict)
    filed: list[Filed] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)
    decided: dict[str, Any] = field(default_factory=dict)
    variables: dict[str, dict[str, Any]] = field(default_factory=dict)
    instances: dict[str, str] = field(default_factory=dict)
    ended: dict[str, str] = field(default_factory=dict)


def project_record(
    connection: Connection,
    project_key: str,
    *,
    upto: int | None = None,
    events: Iterable[log.StoredEvent] | None = None,
) -> ProjectRecord:
    """The record of a project, or as it stood after event `upto`. `events`: its log, where it is read already."""
    record = ProjectRecord(project_key)
    contents, members = _contents(connection, project_key), _members(connection, project_key)
    lists = _lists(connection, upto)
    for event in events or log.read(connection, project_key=project_key):
        if upto is not None and event.seq > upto:
            break
        record.upto, record.head, record.at = event.seq, event.hash, event.at
        body = event.body
        if "begins" in body:
            name = body["actor"]["unit_name"]
            record.begun = {**body["begins"], "at": event.at, "unit_name": name}
            record.main = event.instance_key or ""
        if "effects" in body:
            _effects(record, event.instance_key or "", body)
        if event.act == "complete_task":
            filed = _filed(connection, contents, members, lists, event)
            if filed:
                record.filed.append(filed)
    return record


def _effects(record: ProjectRecord, instance_key: str, body: Mapping[str, Any]) -> None:
    record.instances.setdefault(instance_key, body["process"])
    for name, fields in body["effects"]:
        if name == "FactsSet":
            record.facts.update({k: from_json(v) for k, v in fields["facts"].items()})
        elif name == "DecisionEvaluated":
            record.decided[fields["decision_id"]] = _result(fields["result"])
        elif name == "VariablesSet":
            known = record.variables.setdefault(instance_key, {})
            known.update({k: from_json(v) for k, v in fields["variables"].items()})
        elif name.startswith("Instance") and name != "InstanceStarted":
            record.ended[instance_key] = name


def _result(data: Any) -> Any:
    """What a decision gave: a value, a list, or the columns of a row by name."""
    if isinstance(data, dict) and not set(data) <= {"number", "date", "dateTime", "map"}:
        return {name: from_json(value) for name, value in data.items()}
    return from_json(data) if data else data


def _lists(connection: Connection, upto: int | None) -> dict[str, Any]:
    """Units by the names that they had then, so that a paper of long ago is filled with its own words."""
    query = select(t.event.c.body).where(t.event.c.act == "save_unit").order_by(t.event.c.seq)
    if upto is not None:
        query = query.where(t.event.c.seq <= upto)
    units = (json.loads(body)["unit"] for body in connection.execute(query).scalars())
    names = {unit["unit_id"]: unit["name"] for unit in units}
    return {"units": [{"value": key, "label": name} for key, name in names.items()]}


def _contents(connection: Connection, project_key: str) -> dict[tuple[str, str], str]:
    rows = connection.execute(
        select(t.submission.c.task_key, t.submission.c.digest, t.submission.c.content).where(
            t.submission.c.project_key == project_key
        )
    )
    return {(row.task_key, row.digest): row.content for row in rows}


def _filed(
    connection: Connection,
    contents: Mapping[tuple[str, str], str],
    members: Mapping[str, str],
    lists: Mapping[str, Any],
    event: log.StoredEvent,
) -> Filed | None:
    body = event.body
    content = contents.get((body["task"], body["submission"]))
    definition = definition_of(connection, body["bundle"])
    form = definition.forms.get(body.get("form", ""))
    if content is None or form is None:
        return None
    process_id = _process_of(body)
    element = definition.element(process_id, body["element"])
    return Filed(
        event.seq,
        event.at,
        f"{process_id}/{element.id}",
        body["process"],
        event.instance_key or "",
        element.name,
        form,
        json.loads(content),
        body["submission"],
        body["actor"],
        members.get(body["task"], ""),
        _options(connection, form, lists),
    )


def _options(connection: Connection, form: Form, lists: Mapping[str, Any]) -> dict[str, Any]:
    """The lists of a form, as they were read then: units by the names that they had."""
    units = {name: lists["units"] for name in form.lists if lists_units(name)}
    others = form.lists - units.keys() - lists.keys()
    return {**lists_for(connection, others, everybody=True), **lists, **units}


def _process_of(body: Mapping[str, Any]) -> str:
    """The process whose element was completed: a called one, or that of the instance."""
    for _, fields in body["effects"]:
        if fields.get("element_id") == body["element"] and "process_id" in fields:
            return str(fields["process_id"])
    return str(body["process"])


def _members(connection: Connection, project_key: str) -> dict[str, str]:
    """Member of a multi-instance by task."""
    member = t.task.c.member
    query = select(t.task.c.task_key, member).where(
        t.task.c.project_key == project_key, member.is_not(None)
    )
    return {row.task_key: row.member for row in connection.execute(query)}
