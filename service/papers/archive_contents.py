"""What goes into an archive package, the names of its files, and what was met while packing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from service.papers.archive import Archive, Entry
from service.papers.natures import Check

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


@dataclass
class Found:
    """What was met while packing."""

    wrong_content: list[str]
    missing: list[str]
    unreadable: list[str]
    paper: list[str]
    files: int = 0
