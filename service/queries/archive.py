"""The archive of a project from the record: entries by volume, the demanded materials, what to pack."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from service.definitions import newest_definition
from service.engine import Definition
from service.feel import Expression
from service.model.actor import Actor
from service.model.errors import NotFound, Refused
from service.papers.archive import Archive, Entry, arranged, read_archive
from service.papers.archive_contents import Contents
from service.papers.natures import WHOLE, Check
from service.queries.filed import ProjectRecord, project_record
from service.queries.projects import seen_project
from service.store import history
from service.store import tables as t
from service.store.blobs import read
from service.volumes import demanded


@dataclass(frozen=True)
class ArchiveState:
    """What the page shows: entries, and the demanded materials with whether they are there."""

    entries: list[Entry]
    items: list[Check]
    volumes: list[str]


def archive_state(connection: Connection, actor: Actor, project_key: str) -> ArchiveState:
    """The archive as it stands, for those who see the project. Raises NotFound, Refused without a plan."""
    seen_project(connection, actor, project_key)
    contents = archive_contents(connection, project_key, Path(), check_chain=False)
    names = [volume.name for volume in contents.archive.volumes]
    return ArchiveState(list(contents.entries), list(contents.items), names)


def project_key_of(connection: Connection, no: str) -> str:
    """The key of a project by its number. Raises NotFound."""
    found = select(t.project.c.project_key).where(t.project.c.no == no)
    key = connection.execute(found).scalar_one_or_none()
    if key is None:
        raise NotFound(f"没有编号为 {no} 的项目，请核对。")
    return str(key)


def archive_contents(
    connection: Connection,
    project_key: str,
    folder: Path,
    *,
    check_chain: bool = True,
    sign: Callable[[bytes], bytes] | None = None,
    key: str = "",
) -> Contents:
    """All that goes into the package. `folder`: of the attachments' contents. Raises Refused when the
    bundle has no plan of the archive.
    """
    definition = newest_definition(connection)
    archive = read_archive(definition.bundle.files)
    if archive is None:
        raise Refused("还没有归档目录的规定（forms/archive/volumes.yaml），请先部署。")
    record = project_record(connection, project_key)
    names = {**record.variables.get(record.main, {}), **record.facts}
    about = {
        "no": record.begun.get("no", ""),
        "name": str(record.facts.get("project_name") or ""),
        "unit": record.begun.get("unit_name", ""),
        "status": str(record.facts.get("project_status") or ""),
        "upto": record.upto,
        "head": record.head,
    }
    return Contents(
        archive,
        arranged(archive, record.filed),
        about,
        not check_chain or history.first_broken(connection) is None,
        _true(archive.classified, names, record),
        list(_items(definition, archive, record, names)),
        lambda digest: read(folder, digest),
        sign,
        key,
    )


def _true(expression: Expression | None, names: dict[str, Any], record: ProjectRecord) -> bool:
    return expression is not None and expression.evaluate(names, now=record.at) is True


def _items(
    definition: Definition, archive: Archive, record: ProjectRecord, names: dict[str, Any]
) -> Iterator[Check]:
    """Each demanded material as a check; a missing paper counts when it was explained."""
    for one in demanded(definition, archive, record.filed, names, record.at):
        said = [f"缺{title}，已说明：{words}" for title, words in one.explained.items()]
        if one.open:
            said.append(f"缺{'、'.join(one.open)}，请补交或说明")
        yield Check(WHOLE, one.words, not one.open, "；".join(said) or "已归档")
