"""The archive of a project as one file: six volumes, catalogue, metadata, hashes, the four natures.

The same record gives the same bytes. Format: docs/reference/archive.md.
"""

from __future__ import annotations

import base64
import html
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any

from openpyxl import Workbook

from service.model.values import canonical_json
from service.papers.amounts import paper_date
from service.papers.archive import Archive, Entry
from service.papers.filed import Filed
from service.papers.filenames import clean_name
from service.papers.filetypes import wrong_with
from service.papers.fixed_zip import FixedZip, repacked
from service.papers.natures import SAFE, TRUE, USABLE, WHOLE, Check
from service.papers.said import said

HEADS = (
    "件号",
    "卷",
    "题名",
    "责任者",
    "日期",
    "文号",
    "密级",
    "保管期限",
    "文件",
    "大小（字节）",
    "SHA-256",
)
HASHES, SIGNATURE, CATALOGUE, METADATA, NATURES = (
    "校验值.txt", "签名.txt", "目录", "元数据.json", "四性检测",
)  # fmt: skip
CORE = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><cp:coreProperties xmlns:cp="http://schemas.'
    'openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/">'
    "<dc:creator>banjie</dc:creator></cp:coreProperties>"
)


@dataclass(frozen=True, eq=False)
class Contents:
    """What is packed. `stored` gives the content of a digest, None when it is missing or damaged;
    `items`: checks of the materials demanded; `about`: number, name, unit, last event and its hash.
    """

    archive: Archive
    entries: Sequence[Entry]
    about: Mapping[str, Any]
    chain_holds: bool
    classified: bool
    items: Sequence[Check]
    stored: Callable[[str], bytes | None]
    sign: Callable[[bytes], bytes] | None = None
    key: str = ""


def write_archive(stream: IO[bytes], contents: Contents) -> list[Check]:
    """Write the package; returns the checks that stand in it."""
    with FixedZip(stream) as package:
        rows, found = _volumes(package, contents)
        checks = [
            *_true(contents, found),
            *_whole(contents, found),
            *_usable(found),
            *_safe(contents, found),
        ]
        package.add(f"{CATALOGUE}.html", _page(f"{contents.about['no']} 档案目录", HEADS, rows))
        package.add(f"{CATALOGUE}.xlsx", _workbook(rows))
        package.add(METADATA, _json(_metadata(contents, rows)))
        package.add(f"{NATURES}.json", _json([c.as_dict() for c in checks]))
        lines = [(c.nature, "通过" if c.good else "不通过", c.what, c.detail) for c in checks]
        package.add(f"{NATURES}.html", _page("四性检测", ("性质", "结果", "项目", "说明"), lines))
        package.add("说明.txt", _readme(contents).encode())
        listed = "".join(f"{d}  {name}\n" for name, d in package.digests.items()).encode()
        package.add(HASHES, listed)
        if contents.sign:
            signature = base64.b64encode(contents.sign(listed)).decode()
            package.add(SIGNATURE, f"{contents.key}\n{signature}\n".encode())
    return checks


@dataclass
class _Found:
    """What was met while packing."""

    wrong_content: list[str]
    missing: list[str]
    unreadable: list[str]
    paper: list[str]
    files: int = 0


def _volumes(package: FixedZip, contents: Contents) -> tuple[list[tuple[Any, ...]], _Found]:
    rows: list[tuple[Any, ...]] = []
    found = _Found([], [], [], [])
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


def _true(contents: Contents, found: _Found) -> Iterator[Check]:
    event, head = contents.about["upto"], contents.about["head"]
    yield Check(
        TRUE,
        "事件链",
        contents.chain_holds,
        f"哈希链连贯，到事件 {event}（{head[:16]}…）"
        if contents.chain_holds
        else "事件链断裂，请先核查记录",
    )
    yield _told(
        TRUE, "表单内容与登记的摘要一致", found.wrong_content, f"{len(contents.entries)} 件全部一致"
    )
    yield _told(TRUE, "附件内容与登记的摘要一致", found.missing, f"{found.files} 个附件全部一致")


def _whole(contents: Contents, found: _Found) -> Iterator[Check]:
    yield from contents.items
    yield _told(
        WHOLE,
        "附件齐全",
        found.missing,
        f"{found.files} 个附件都在包内"
        + (f"，另有纸质件：{'、'.join(found.paper)}" if found.paper else ""),
    )
    bare = [e.no for e in contents.entries if not e.filed.actor.get("unit_name")]
    yield _told(WHOLE, "元数据齐全", bare, "每件都有责任者、题名、日期、密级、保管期限")


def _usable(found: _Found) -> Iterator[Check]:
    yield _told(
        USABLE, "附件能按类型打开", found.unreadable, f"{found.files} 个附件的内容都与类型相符"
    )
    yield Check(USABLE, "目录和表单可直接阅读", True, "HTML、JSON、XLSX，不依赖本系统")


def _safe(contents: Contents, found: _Found) -> Iterator[Check]:
    yield _told(SAFE, "没有可执行内容、宏和超限文件", found.unreadable, "全部为允许的类型，未超限")
    yield Check(
        SAFE,
        "没有涉密内容",
        not contents.classified,
        "申报时已声明不涉密" if not contents.classified else "项目登记为涉密，不得在本系统归档",
    )


def _told(nature: str, what: str, wrong: Sequence[str], good: str) -> Check:
    return Check(nature, what, not wrong, good if not wrong else "；".join(wrong))


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
    return _page(f"{entry.no} {entry.title}", ("项目", "内容"), [("办理", who), *lines])


def _page(title: str, heads: Sequence[str], rows: Sequence[Sequence[Any]]) -> bytes:
    """A plain page: no script, no style from elsewhere."""

    def cells(kind: str, values: Sequence[Any]) -> str:
        return "".join(f"<{kind}>{html.escape(str(v))}</{kind}>" for v in values)

    body = "".join(f"<tr>{cells('td', row)}</tr>" for row in rows)
    text = (
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
        f"<title>{html.escape(title)}</title>"
        "<style>body{font-family:serif;margin:2em}table{border-collapse:collapse;width:100%}"
        "td,th{border:1px solid #999;padding:.3em .5em;text-align:left;vertical-align:top;"
        "overflow-wrap:anywhere}</style>"
        f"</head><body><h1>{html.escape(title)}</h1><table><thead><tr>{cells('th', heads)}</tr></thead>"
        f"<tbody>{body}</tbody></table></body></html>\n"
    )
    return text.encode()


def _workbook(rows: Sequence[tuple[Any, ...]]) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = CATALOGUE
    sheet.append(HEADS)
    for row in rows:
        sheet.append([_cell(value) for value in row])
    for column, width in zip("ABCDEFGHIJK", (9, 8, 34, 22, 16, 18, 8, 18, 50, 12, 68), strict=True):
        sheet.column_dimensions[column].width = width
    sheet.freeze_panes = "A2"
    out = io.BytesIO()
    book.save(out)
    return repacked(out.getvalue(), [("docProps/core.xml", CORE.encode())])


def _cell(value: Any) -> Any:
    # a text that begins like a formula stays a text in every program
    return f"'{value}" if isinstance(value, str) and value[:1] in "=+-@" else value


def _json(data: Any) -> bytes:
    return json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"


def _readme(contents: Contents) -> str:
    about = contents.about
    return (
        f"{about['unit']}　{about['name']}（{about['no']}）电子档案移交包\n\n"
        "各卷：每件一个文件夹，内容.html 可直接阅读，内容.json 是原始提交，附件为当时上传的文件。\n"
        "目录.html、目录.xlsx：全部件的目录；元数据.json：责任者、题名、日期、文号、密级、保管期限等。\n"
        "四性检测.html：真实、完整、可用、安全逐项结果。\n"
        "校验值.txt：每个文件的 SHA-256，可用 sha256sum -c 校验值.txt 核对；签名.txt：系统对校验值的签名（Ed25519）。\n"
        "离线核对：banjie export check 文件.zip\n"
    )
