"""Which files are accepted, and whether the content is what the ending says: by the bytes, never by trust.

Containers are judged by the directory of the zip and by the names of OLE streams, since a beginning
alone does not tell a document from a workbook. Nothing is unpacked.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath

from service.papers.containers import OLE, archived, has_zip_inside, office, ole

Check = Callable[[bytes], str | None]


def _begins(*marks: bytes) -> Check:
    def check(content: bytes) -> str | None:
        return None if content.startswith(marks) else "的内容与文件类型不符，请用原来的软件另存"

    return check


def _png(content: bytes) -> str | None:
    whole = content[12:16] == b"IHDR" and content.startswith(b"\x89PNG\r\n\x1a\n")
    return None if whole else "不是完整的图片，请重新导出"


KINDS: dict[str, tuple[Check, ...]] = {
    ".pdf": (_begins(b"%PDF-"), has_zip_inside),
    ".jpg": (_begins(b"\xff\xd8\xff"), has_zip_inside),
    ".jpeg": (_begins(b"\xff\xd8\xff"), has_zip_inside),
    ".png": (_png, has_zip_inside),
    ".docx": (office("word/"),),
    ".xlsx": (office("xl/"),),
    ".ofd": (office("OFD.xml"),),
    ".zip": (archived,),
    ".doc": (_begins(OLE), ole("WordDocument")),
    ".wps": (_begins(OLE), ole("WordDocument")),
    ".xls": (_begins(OLE), ole("Workbook", "Book")),
    ".et": (_begins(OLE), ole("Workbook", "Book")),
}
ENDINGS = tuple(KINDS)


def ending_of(name: str) -> str:
    """The ending in small letters, with its dot; empty when there is none."""
    return PurePath(name).suffix.lower()


def wrong_with(name: str, content: bytes) -> str | None:
    """A Chinese sentence that says what to do about a file that is not accepted, or None."""
    checks = KINDS.get(ending_of(name))
    if checks is None:
        kinds = "、".join(ending.removeprefix(".") for ending in ENDINGS)
        return f"不接受“{name}”这种文件，请改传 {kinds}。"
    if not content:
        return f"“{name}”是空文件，请重新选择。"
    found = next((words for check in checks if (words := check(content))), None)
    return f"“{name}”{found}后再上传。" if found else None
