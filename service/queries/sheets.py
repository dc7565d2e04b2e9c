"""Printable sheets of a project: which there are, one filled, one as it was handed out, a code checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from service.definitions import definition_of, newest_definition, sheets_of, tasks_of
from service.engine import Definition
from service.model.actor import Actor
from service.model.errors import NotFound
from service.model.values import canonical_json
from service.papers.amounts import paper_date
from service.papers.archive import arranged, read_archive
from service.papers.archive_package import attachments
from service.papers.fill import Record, fill, has_content
from service.papers.filled import FilledSheet
from service.papers.issue import Issue
from service.papers.sheet import Sheet, Table
from service.papers.sheet_reader import CATALOGUE
from service.queries.filed import ProjectRecord, project_record
from service.queries.projects import seen_project
from service.store import tables as t


@dataclass(frozen=True)
class SheetLine:
    """A sheet in the list of a project; `instance_key` where there is one for each instance."""

    sheet: Sheet
    instance_key: str
    number: int
    filled: FilledSheet


@dataclass(frozen=True)
class Begun:
    """A sheet that has something to show; `number` counts those of its instances."""

    sheet: Sheet
    instance_key: str
    number: int


@dataclass(frozen=True)
class Opened:
    """A filled sheet with what it was filled from."""

    sheet: Sheet
    filled: FilledSheet
    issue: Issue
    project: dict[str, str]


@dataclass(frozen=True)
class Checked:
    """The answer to a code: `sound`: the record gives the very words that were printed; `newer`: the
    record has gone on and the sheet would now say something else.
    """

    title: str
    project: dict[str, str]
    printed_at: datetime
    sound: bool
    newer: bool


def project_sheets(
    connection: Connection, actor: Actor, project_key: str, *, now: datetime
) -> list[SheetLine]:
    """All sheets of a project that the actor may see. Raises NotFound."""
    seen_project(connection, actor, project_key)
    definition = newest_definition(connection)
    record = project_record(connection, project_key)
    return sheets_from(definition, record, now)


def sheets_from(definition: Definition, record: ProjectRecord, now: datetime) -> list[SheetLine]:
    """All sheets that a record fills, empty ones too."""
    return list(_lines(definition, record, now))


def sheets_begun(definition: Definition, record: ProjectRecord, now: datetime) -> list[Begun]:
    """The sheets for which something was submitted, without filling them."""
    return [
        Begun(sheet, key, number)
        for sheet, key, number in _each(definition, record)
        if has_content(sheet, _filled_from(definition, record, key), now=now)
    ]


def _lines(definition: Definition, record: ProjectRecord, now: datetime) -> Iterator[SheetLine]:
    for sheet, key, number in _each(definition, record):
        yield SheetLine(sheet, key, number, _fill(definition, record, sheet, key, now))


def _each(definition: Definition, record: ProjectRecord) -> Iterator[tuple[Sheet, str, int]]:
    for sheet in sheets_of(definition).values():
        keys = [k for k, p in record.instances.items() if p == sheet.per] if sheet.per else [""]
        for number, key in enumerate(keys, 1):
            yield sheet, key, number


def open_sheet(
    connection: Connection,
    actor: Actor,
    project_key: str,
    sheet_id: str,
    *,
    instance_key: str = "",
    now: datetime,
) -> Opened:
    """A sheet filled from the record as it stands. Raises NotFound."""
    seen_project(connection, actor, project_key)
    definition = newest_definition(connection)
    record = project_record(connection, project_key)
    sheet = _sheet(definition, sheet_id)
    if sheet.per and record.instances.get(instance_key) != sheet.per:
        raise NotFound("没有这张表，请从项目的打印页进入。")
    filled = _fill(definition, record, sheet, instance_key, now)
    issue = Issue(
        project_key, sheet_id, instance_key, definition.digest, record.upto, record.head,
        filled.digest, now, actor.account_key, actor.name,
    )  # fmt: skip
    return Opened(sheet, filled, issue, _project(record))


def issued(connection: Connection, actor: Actor, project_key: str, code: str) -> Opened:
    """A sheet as it was handed out, for those who see the project. Raises NotFound."""
    seen_project(connection, actor, project_key)
    row = _row(connection, code)
    if row is None or row.project_key != project_key:
        raise NotFound("没有这张打印件，请从项目的打印页重新出具。")
    return _again(connection, row)


def check_code(connection: Connection, code: str) -> Checked:
    """What was printed under a code, and whether the record still says so. Raises NotFound."""
    row = _row(connection, code)
    if row is None:
        raise NotFound("没有这个校验码，请核对是否抄错；仍查不到的，这张纸不是本系统出具的。")
    then = _again(connection, row)
    definition = definition_of(connection, row.bundle)
    today = project_record(connection, row.project_key)
    newest = _fill(definition, today, then.sheet, row.instance_key, row.printed_at)
    return Checked(
        then.filled.title,
        then.project,
        row.printed_at,
        sound=then.issue.code == code and then.filled.digest == row.content,
        newer=newest.digest != row.content,
    )


def _row(connection: Connection, code: str) -> Any:
    return connection.execute(select(t.issued_sheet).where(t.issued_sheet.c.code == code)).first()


def _again(connection: Connection, row: Any) -> Opened:
    """The sheet filled again from the record as it stood, on the form that was in force."""
    definition = definition_of(connection, row.bundle)
    record = project_record(connection, row.project_key, upto=row.upto)
    sheet = _sheet(definition, row.sheet_id)
    filled = _fill(definition, record, sheet, row.instance_key, row.printed_at)
    issue = Issue(
        row.project_key, row.sheet_id, row.instance_key, row.bundle, record.upto, record.head,
        filled.digest, row.printed_at, row.printed_by, row.printed_by_name,
    )  # fmt: skip
    return Opened(sheet, filled, issue, _project(record))


def _sheet(definition: Definition, sheet_id: str) -> Sheet:
    sheet = sheets_of(definition).get(sheet_id)
    if sheet is None:
        raise NotFound("没有这张表，请从项目的打印页进入。")
    return sheet


def _fill(
    definition: Definition, record: ProjectRecord, sheet: Sheet, instance_key: str, now: datetime
) -> FilledSheet:
    catalogue = _catalogue(definition, record) if _lists_archive(sheet) else ()
    return fill(sheet, _filled_from(definition, record, instance_key, catalogue), now=now)


def _filled_from(
    definition: Definition,
    record: ProjectRecord,
    instance_key: str,
    catalogue: Sequence[Mapping[str, str]] = (),
) -> Record:
    return Record(
        filed=record.filed,
        project=_project(record),
        facts=record.facts,
        decided=record.decided,
        settings=definition.setting_values,
        forms=definition.forms,
        tasks=tasks_of(definition),
        names={g.id: g.name for g in definition.groups.groups.values()},
        catalogue=catalogue,
        instance_key=instance_key,
    )


def _lists_archive(sheet: Sheet) -> bool:
    return any(isinstance(block, Table) and block.of == CATALOGUE for block in sheet.blocks)


def _catalogue(definition: Definition, record: ProjectRecord) -> list[dict[str, str]]:
    """The entries of the archive as words of a table."""
    archive = read_archive(definition.bundle.files)
    return [
        {
            "no": entry.no,
            "volume": entry.volume_name,
            "title": entry.title,
            "by": str(entry.filed.actor.get("unit_name", "")),
            "date": paper_date(entry.filed.at),
            "size": str(len(canonical_json(entry.filed.values))),
            "digest": entry.filed.digest[:8],
            "files": str(len(list(attachments(entry.filed)))),
        }
        for entry in (arranged(archive, record.filed) if archive else ())
    ]


def _project(record: ProjectRecord) -> dict[str, str]:
    return {
        "no": str(record.begun.get("no", "")),
        "name": str(record.facts.get("project_name") or ""),
        "unit": str(record.begun.get("unit_name", "")),
        "status": str(record.facts.get("project_status") or ""),
    }
