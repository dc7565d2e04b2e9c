"""The readable files of an archive package: pages, the catalogue as a workbook, how to read it."""

from __future__ import annotations

import html
import io
import json
from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook

from service.papers.archive_contents import CATALOGUE, HEADS, Contents
from service.papers.fixed_zip import repacked

CORE = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><cp:coreProperties xmlns:cp="http://schemas.'
    'openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/">'
    "<dc:creator>banjie</dc:creator></cp:coreProperties>"
)


def page(title: str, heads: Sequence[str], rows: Sequence[Sequence[Any]]) -> bytes:
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


def workbook(rows: Sequence[tuple[Any, ...]]) -> bytes:
    """The catalogue as .xlsx; the same rows give the same bytes."""
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


def json_text(data: Any) -> bytes:
    """JSON to be read by people too."""
    return json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"


def readme(contents: Contents) -> str:
    """What is in the package, and how to check it."""
    about = contents.about
    return (
        f"{about['unit']}　{about['name']}（{about['no']}）电子档案移交包\n\n"
        "各卷：每件一个文件夹，内容.html 可直接阅读，内容.json 是原始提交，附件为当时上传的文件。\n"
        "目录.html、目录.xlsx：全部件的目录；元数据.json：责任者、题名、日期、文号、密级、保管期限等。\n"
        "四性检测.html：真实、完整、可用、安全逐项结果。\n"
        "校验值.txt：每个文件的 SHA-256，可用 sha256sum -c 校验值.txt 核对；签名.txt：系统对校验值的签名（Ed25519）。\n"
        "离线核对：banjie export check 文件.zip\n"
    )
