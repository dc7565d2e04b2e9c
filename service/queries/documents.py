"""The files of a project by stage: each with all its versions, who handed it in, when, and where it lies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from typing import Any

from sqlalchemy import Connection, select

from service.definitions import newest_definition
from service.forms import Component
from service.papers.archive import OTHER, arranged, read_archive
from service.papers.filed import Filed
from service.queries.filed import ProjectRecord
from service.store import tables as t

Place = tuple[str, str, str, str]  # instance, task, member, field


@dataclass(frozen=True)
class File:
    """A file of a version; `kind` is its type in capitals, `stored` whether it can be downloaded here."""

    name: str
    kind: str
    size: int
    digest: str
    stored: bool


@dataclass(frozen=True)
class Version:
    """What stood in a field when it was submitted: number, files, who and when."""

    number: int
    files: tuple[File, ...]
    person: str
    unit: str
    at: datetime


@dataclass(frozen=True)
class Document:
    """A field of a step with its versions, the newest first."""

    name: str
    step: str
    clauses: tuple[str, ...]
    versions: tuple[Version, ...]


@dataclass(frozen=True)
class StageDocuments:
    """The documents of a stage, in order of their first submission."""

    stage: str
    documents: tuple[Document, ...]

    @property
    def count(self) -> int:
        """How many documents; versions of one count once."""
        return len(self.documents)


def documents_by_stage(connection: Connection, record: ProjectRecord) -> list[StageDocuments]:
    """The stages of a project that have files, in the order of the archive's volumes.

    A version is a submission whose files differ from those before; nothing that was handed in is left out.
    """
    archive = read_archive(newest_definition(connection).bundle.files)
    stage = {e.filed.seq: e.volume_name for e in arranged(archive, record.filed)} if archive else {}
    stored = _stored(connection, record.filed)
    places: dict[Place, tuple[str, Document]] = {}
    for filed in record.filed:
        for component, files in _fields(filed.form.fields, filed.values):
            place = (filed.instance_key, filed.task, filed.member, component.key)
            where, known = places.get(place, (stage.get(filed.seq, OTHER), None))
            places[place] = (where, _with(known, filed, component, files, stored))
    order = dict.fromkeys([*(v.name for v in archive.volumes), OTHER] if archive else [OTHER])
    return [
        StageDocuments(name, tuple(d for where, d in places.values() if where == name))
        for name in order
        if any(where == name for where, _ in places.values())
    ]


def count_documents(stages: Iterable[StageDocuments]) -> int:
    """How many documents there are; versions of one count once."""
    return sum(stage.count for stage in stages)


def _with(
    known: Document | None,
    filed: Filed,
    component: Component,
    files: list[Mapping[str, Any]],
    stored: set[str],
) -> Document:
    """The document with the version that a submission adds, if it adds one."""
    made = tuple(_file(file, stored) for file in files)
    before = known.versions if known else ()
    if before and [f.digest for f in before[0].files] == [f.digest for f in made]:
        assert known is not None
        return known
    version = Version(
        len(before) + 1, made, str(filed.actor["name"]), str(filed.actor["unit_name"]), filed.at
    )
    return Document(component.label, filed.step, component.articles, (version, *before))


def _file(file: Mapping[str, Any], stored: set[str]) -> File:
    name, digest = str(file.get("name", "")), str(file.get("digest", ""))
    kind = PurePath(name).suffix.removeprefix(".").upper()
    return File(name, kind, int(file.get("size") or 0), digest, digest in stored)


def _stored(connection: Connection, filed: Iterable[Filed]) -> set[str]:
    named = {
        str(file.get("digest"))
        for one in filed
        for _, files in _fields(one.form.fields, one.values)
        for file in files
    }
    query = select(t.attachment.c.digest).where(t.attachment.c.digest.in_(named))
    return set(connection.execute(query).scalars())


def _fields(
    fields: Mapping[str, Component], content: Mapping[str, Any]
) -> Iterator[tuple[Component, list[Mapping[str, Any]]]]:
    """Each field with files, and the files; those in the rows of a list stand together by column."""
    for key, component in fields.items():
        value = content.get(key)
        if component.type == "filepicker":
            items = value if isinstance(value, list) else [value]
            files = [item for item in items if isinstance(item, Mapping)]
            if files:
                yield component, files
        elif component.type == "dynamiclist" and isinstance(value, list):
            rows = [row for row in value if isinstance(row, Mapping)]
            found: dict[str, tuple[Component, list[Mapping[str, Any]]]] = {}
            for row in rows:
                for column, files in _fields(component.columns, row):
                    found.setdefault(column.key, (column, []))[1].extend(files)
            yield from found.values()
