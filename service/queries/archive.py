"""The archive of a project from the record: entries by volume, the demanded materials, what to pack."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from service.definitions import newest_definition
from service.engine import Definition
from service.feel import Expression
from service.model.actor import Actor
from service.model.errors import NotFound, Refused
from service.papers.archive import Archive, Entry, Volume, arranged, read_archive, shows
from service.papers.archive_contents import Contents
from service.papers.natures import WHOLE, Check
from service.queries.filed import ProjectRecord, project_record
from service.queries.projects import seen_project
from service.queries.stages import Stage
from service.store import history
from service.store import tables as t
from service.store.blobs import read
from service.volumes import Demanded, demanded

HERE, LACKING, AHEAD = "here", "lacking", "ahead"
SAID_AT_MOST = 3


@dataclass(frozen=True)
class Paper:
    """A demanded material: `state` is here, lacking, or ahead when its stage is not over yet; `detail`: which entries
    show it, what was said instead, or what to do.
    """

    what: str
    state: str
    detail: str


@dataclass(frozen=True)
class Shelf:
    """A volume as it stands on the page: its entries; `note`: why there is none."""

    name: str
    entries: list[Entry]
    note: str


@dataclass(frozen=True)
class ArchiveState:
    """What the page shows: how many entries, the demanded materials with whether they are there, the volumes."""

    count: int
    papers: list[Paper]
    shelves: list[Shelf]


@dataclass(frozen=True)
class _Asked:
    """What the plan of the archive is asked with."""

    definition: Definition
    archive: Archive
    record: ProjectRecord
    names: dict[str, Any]

    def demanded(self) -> Iterator[Demanded]:
        return demanded(
            self.definition, self.archive, self.record.filed, self.names, self.record.at
        )


def archive_state(
    connection: Connection, actor: Actor, project_key: str, stages: Iterable[Stage] = ()
) -> ArchiveState:
    """The archive as it stands, for those who see the project. Raises NotFound, Refused without a plan.

    `stages`: of the project; a paper of a volume whose stage is not over yet is not due.
    """
    seen_project(connection, actor, project_key)
    asked = _asked(connection, project_key)
    entries = arranged(asked.archive, asked.record.filed)
    ahead = {stage.called for stage in stages if stage.is_ahead}
    papers = [(one, _paper(one, entries, ahead)) for one in asked.demanded()]
    shelves = [
        _shelf(volume, entries, [paper for one, paper in papers if one.volume is volume])
        for volume in asked.archive.volumes
    ]
    return ArchiveState(len(entries), [paper for _, paper in papers], shelves)


def _paper(one: Demanded, entries: Sequence[Entry], ahead: Set[str | None]) -> Paper:
    found = [entry.no for entry in entries if shows(one.needs, entry.filed)]
    said = [_numbers(found)] if found else []
    said += _explained(one)
    if not one.open:
        return Paper(one.words, HERE, "；".join(said))
    if one.volume.stages & ahead:
        return Paper(one.words, AHEAD, "；".join([*said, f"{one.volume.name}阶段办完后归档"]))
    return Paper(one.words, LACKING, "；".join([*said, _to_do(one)]))


def _explained(one: Demanded) -> list[str]:
    return [f"缺{title}，已说明：{words}" for title, words in one.explained.items()]


def _to_do(one: Demanded) -> str:
    return f"缺{'、'.join(one.open)}，请补交或说明"


def _numbers(found: Sequence[str]) -> str:
    more = f"等{len(found)}件" if len(found) > SAID_AT_MOST else ""
    return f"已归档：{'、'.join(found[:SAID_AT_MOST])}{more}"


def _shelf(volume: Volume, entries: Sequence[Entry], papers: Sequence[Paper]) -> Shelf:
    own = [entry for entry in entries if entry.volume is volume]
    elsewhere = [paper.detail for paper in papers if paper.state == HERE and paper.detail]
    note = (
        f"本卷没有单独的材料，{'；'.join(elsewhere)}。" if elsewhere else "还没有归入本卷的材料。"
    )
    return Shelf(volume.name, own, note)


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
    asked = _asked(connection, project_key)
    archive, record, names = asked.archive, asked.record, asked.names
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
        list(_items(asked)),
        lambda digest: read(folder, digest),
        sign,
        key,
    )


def _asked(connection: Connection, project_key: str) -> _Asked:
    definition = newest_definition(connection)
    archive = read_archive(definition.bundle.files)
    if archive is None:
        raise Refused("还没有归档目录的规定（forms/archive/volumes.yaml），请先部署。")
    record = project_record(connection, project_key)
    names = {**record.variables.get(record.main, {}), **record.facts}
    return _Asked(definition, archive, record, names)


def _true(expression: Expression, names: dict[str, Any], record: ProjectRecord) -> bool:
    return expression.evaluate(names, now=record.at) is True


def _items(asked: _Asked) -> Iterator[Check]:
    """Each demanded material as a check; a missing paper counts when it was explained."""
    for one in asked.demanded():
        said = _explained(one)
        if one.open:
            said.append(_to_do(one))
        yield Check(WHOLE, one.words, not one.open, "；".join(said) or "已归档")
