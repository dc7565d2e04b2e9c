"""Reading XML of others: no DOCTYPE, no entities, at most 2 MB and 200 levels (research: trust, finding 8)."""

from __future__ import annotations

import re
from typing import Any

from lxml import etree

from service.model.errors import BadInput, TooLarge

MAX_BYTES = 2_000_000
MAX_DEPTH = 200
# what the XML declaration says of the encoding; a text has none any more
_ENCODING = re.compile(r"""^(<\?xml[^>]*?)\s+encoding=["'][^"']*["']""")


def read_xml(source: bytes, path: str) -> Any:
    """The root element, without comments. Raises BadInput or TooLarge with file and line."""
    if len(source) > MAX_BYTES:
        raise TooLarge(f"{path}：文件超过 2 MB，请拆分后再上传。")
    if b"<!DOCTYPE" in source[:4096] or b"<!ENTITY" in source:
        raise BadInput(f"{path}：不接受 DOCTYPE 或实体声明，请删去。")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
    )
    try:
        root = etree.fromstring(source, parser)
    except etree.XMLSyntaxError as wrong:
        raise BadInput(f"{path}:{wrong.lineno or 1}：不是合格的 XML（{wrong.msg}）。") from wrong
    if root.getroottree().docinfo.doctype:
        raise BadInput(f"{path}：不接受 DOCTYPE 或实体声明，请删去。")
    _refuse_deep(root, path)
    return root


def _refuse_deep(root: Any, path: str) -> None:
    pending = [(root, 1)]
    while pending:
        node, depth = pending.pop()
        if depth > MAX_DEPTH:
            raise BadInput(f"{path}：嵌套超过 {MAX_DEPTH} 层。")
        pending += [(child, depth + 1) for child in node]


def decoded(source: bytes, path: str) -> str:
    """The text of an XML file in whatever encoding it declares. Raises BadInput, TooLarge."""
    try:
        text = source.decode("utf-8-sig")
    except UnicodeDecodeError:
        return str(etree.tostring(read_xml(source, path), encoding="unicode"))
    return _ENCODING.sub(r"\1", text, count=1)
