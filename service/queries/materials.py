"""The files of a project: what was handed in, at which step, by whom, under which name of the form."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from service.definitions import definition_of
from service.forms import Component
from service.queries.holders import holder_name
from service.store import tables as t
from service.store.register import unit_names


@dataclass(frozen=True)
class Material:
    """A file as it was submitted: `kind` is the label of the form's field, `stored` whether it can be
    downloaded here.
    """

    kind: str
    name: str
    digest: str
    unit: str
    at: datetime
    clauses: tuple[str, ...]
    stored: bool


def materials_of(connection: Connection, project_key: str) -> dict[str, list[Material]]:
    """Name of the process → its files in order of time; a file handed in again stands once, with the last time."""
    rows = connection.execute(
        select(
            t.submission.c.form_id,
            t.submission.c.content,
            t.submission.c.submitted_at,
            t.task.c.process_id,
            t.task.c.group_id,
            t.task.c.unit_id,
            t.instance.c.digest,
        )
        .join(t.task, t.task.c.task_key == t.submission.c.task_key)
        .join(t.instance, t.instance.c.instance_key == t.submission.c.instance_key)
        .where(t.submission.c.project_key == project_key)
        .order_by(t.submission.c.submitted_at)
    )
    found: dict[str, dict[tuple[str, str], Material]] = {}
    units = unit_names(connection)
    for row in rows.all():
        definition = definition_of(connection, row.digest)
        form = definition.forms.get(row.form_id)
        if form is None:
            continue
        name = definition.processes[row.process_id].name
        for component, file in _files(form.fields, json.loads(row.content)):
            material = Material(
                component.label, str(file.get("name", "")), str(file.get("digest", "")),
                holder_name(definition, units, row.group_id, row.unit_id), row.submitted_at,
                component.articles, False,
            )  # fmt: skip
            found.setdefault(name, {})[component.key, material.digest] = material
    stored = _stored(connection, {m.digest for files in found.values() for m in files.values()})
    return {
        name: [dataclasses.replace(m, stored=m.digest in stored) for m in files.values()]
        for name, files in found.items()
    }


def _stored(connection: Connection, digests: set[str]) -> set[str]:
    query = select(t.attachment.c.digest).where(t.attachment.c.digest.in_(digests))
    return set(connection.execute(query).scalars())


def _files(
    fields: Mapping[str, Component], content: Mapping[str, Any]
) -> Iterator[tuple[Component, Mapping[str, Any]]]:
    for key, component in fields.items():
        value = content.get(key)
        if component.type == "filepicker":
            for file in value if isinstance(value, list) else [value]:
                if isinstance(file, Mapping):
                    yield component, file
        elif component.type == "dynamiclist" and isinstance(value, list):
            for row in value:
                if isinstance(row, Mapping):
                    yield from _files(component.columns, row)
