"""The archive of a project as one file: six volumes, catalogue, metadata, hashes, the four natures.

The same record gives the same bytes. Format: docs/reference/archive.md.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from typing import IO, Any

from service.model.values import canonical_json
from service.papers.amounts import paper_date
from service.papers.archive import Entry
from service.papers.archive_contents import (
    CATALOGUE,
    HASHES,
    HEADS,
    METADATA,
    NATURES,
    SIGNATURE,
    Contents,
    Found,
)
from service.papers.archive_natures import natures_of
from service.papers.archive_pages import json_text, page, readme, workbook
from service.papers.filed import Filed
from service.papers.filenames import clean_name
from service.papers.filetypes import wrong_with
from service.papers.fixed_zip import FixedZip
from service.papers.natures import Check
from service.papers.said import said


def write_archive(stream: IO[bytes], contents: Contents) -> list[Check]:
    """Write the package; returns the checks that stand in it."""
    with FixedZip(stream) as package:
        rows, found = _volumes(package, contents)
        checks = natures_of(contents, found)
        package.add(f"{CATALOGUE}.html", page(f"{contents.about['no']} 档案目录", HEADS, rows))
        package.add(f"{CATALOGUE}.xlsx", workbook(rows))
        package.add(METADATA, json_text(_metadata(contents, rows)))
        package.add(f"{NATURES}.json", json_text([c.as_dict() for c in checks]))
        lines = [(c.nature, "通过" if c.good else "不通过", c.what, c.detail) for c in checks]
        package.add(f"{NATURES}.html", page("四性检测", ("性质", "结果", "项目", "说明"), lines))
        package.add("说明.txt", readme(contents).encode())
        listed = "".join(f"{d}  {name}\n" for name, d in package.digests.items()).encode()
        package.add(HASHES, listed)
        if contents.sign:
            signature = base64.b64encode(contents.sign(listed)).decode()
            package.add(SIGNATURE, f"{contents.key}\n{signature}\n".encode())
    return checks


def _volumes(package: FixedZip, contents: Contents) -> tuple[list[tuple[Any, ...]], Found]:
    rows: list[tuple[Any, ...]] = []
    found = Found([], [], [], [])
    for entry in contents.entries:
        place = f"{entry.no[0]}{entry.volume_name}/{entry.no}_{clean_name(entry.title)[:40]}"
        raw = canonical_json(entry.filed.values)
        package.add(f"{place}/内容.json", raw)
        if package.digests[f"{place}/内容.json"] != entry.filed.digest:
            found.wrong_content.append(entry.no)
        package.add(f"{place}/内容.html", _submission(entry))
        rows.append(_row(contents, entry, f"{place}/内容.json", len(raw), entry.filed.digest))
        for number, item in enumerate(attachments(entry.filed), 1):
            if isinstance(item, str):
                found.paper.append(f"{entry.no} {item}")
                continue
            found.files += 1
            content = contents.stored(item["digest"])
            if content is None:
                found.missing.append(f"{entry.no} {item['name']}")
                continue
            if wrong := wrong_with(item["name"], content):
                found.unreadable.append(f"{entry.no} {wrong}")
            name = f"{place}/附件{number}_{clean_name(item['name']) or '附件'}"
            package.add(name, content)
            rows.append(_row(contents, entry, name, len(content), item["digest"]))
    return rows, found


def attachments(filed: Filed) -> Iterator[Any]:
    """The files of a submission: stored ones as name, digest, size; those kept on paper as words."""
    for key, component in filed.form.fields.items():
        if component.type == "filepicker":
            value = filed.values.get(key)
            yield from value if isinstance(value, list) else [value] if value else []


def _row(contents: Contents, entry: Entry, name: str, size: int, digest: str) -> tuple[Any, ...]:
    filed, archive = entry.filed, contents.archive
    return (
        entry.no, entry.volume_name, entry.title, filed.actor.get("unit_name", ""), paper_date(filed.at),
        entry.document_no, archive.secrecy, archive.retention, name, size, digest,
    )  # fmt: skip


def _metadata(contents: Contents, rows: Sequence[tuple[Any, ...]]) -> dict[str, Any]:
    return {
        "about": dict(contents.about),
        "entries": [dict(zip(HEADS, row, strict=True)) for row in rows],
    }


def _submission(entry: Entry) -> bytes:
    filed = entry.filed
    lines = [
        (component.label, said(component, filed.values.get(key), filed.options))
        for key, component in filed.form.fields.items()
    ]
    who = (
        f"{filed.actor.get('unit_name', '')} {filed.actor.get('name', '')}，{paper_date(filed.at)}"
    )
    return page(f"{entry.no} {entry.title}", ("项目", "内容"), [("办理", who), *lines])
