"""What a container holds, by its own directory: zip packages and OLE compound files."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import PurePosixPath

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
END = b"PK\x05\x06"
MAX_ENTRIES = 5000
MAX_UNPACKED = 500 * 1024 * 1024
MAX_RATIO = 200
RATIO_FROM = 20 * 1024 * 1024
# What is run when it is opened; and packages in packages, which hide what they hold.
ACTIVE_TEXT = """exe dll com scr msi bat cmd ps1 sh vbs vbe js jse wsf hta lnk jar apk html htm xhtml mht svg
xml php py docm xlsm pptm iso img chm reg"""
ACTIVE = frozenset(f".{ending}" for ending in ACTIVE_TEXT.split())
PACKED = frozenset((".zip", ".rar", ".7z", ".tar", ".gz", ".bz2", ".xz", ".cab"))

Check = Callable[[bytes], str | None]
CHANGED = "的内容与文件类型不符，请用原来的软件另存"


def has_zip_inside(content: bytes) -> str | None:
    """A file that is a zip as well would be taken for either, depending on who reads it."""
    at = content[-66_000:].rfind(END)
    if at >= 0 and zipfile.is_zipfile(io.BytesIO(content)):
        return "里还藏着一个压缩包，请用原来的软件另存"
    return None


def _entries(content: bytes) -> list[zipfile.ZipInfo] | None:
    """The directory of a zip that begins at the first byte; None when it is none."""
    if not content.startswith(b"PK\x03\x04"):
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            found = package.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError):
        return None
    # a zip that begins elsewhere has something before it: two files in one
    return found if found and min(entry.header_offset for entry in found) == 0 else None


def _bounded(content: bytes, entries: list[zipfile.ZipInfo]) -> str | None:
    """Sizes as the directory declares them, and whether all can be opened without a password."""
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > MAX_ENTRIES or unpacked > MAX_UNPACKED:
        return "展开后太大，请拆开或精简"
    if unpacked > RATIO_FROM and unpacked > MAX_RATIO * len(content):
        return "的压缩比例不正常，请重新打包"
    if sum(entry.compress_size for entry in entries) > len(content):
        return "的目录与内容对不上，请重新打包"
    if any(entry.flag_bits & 0x1 for entry in entries):
        return "有密码，请去掉密码"
    if any(_leads_away(entry.filename) for entry in entries):
        return "里有路径不正常的文件，请重新打包"
    return None


def _leads_away(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return ".." in parts or name.startswith(("/", "\\")) or ":" in parts[0] or "\0" in name


def office(part: str) -> Check:
    """A package of OOXML or OFD that has `part` (a file, or a folder with its slash), without macros."""

    def check(content: bytes) -> str | None:
        entries = _entries(content)
        if entries is None:
            return CHANGED
        names = {entry.filename for entry in entries}
        known = part in names or (
            part.endswith("/")
            and "[Content_Types].xml" in names
            and any(name.startswith(part) for name in names)
        )
        if not known:
            return CHANGED
        if any(PurePosixPath(name).name.lower() == "vbaproject.bin" for name in names):
            return "带有宏，请另存为不带宏的文件"
        return _bounded(content, entries)

    return check


def archived(content: bytes) -> str | None:
    """A zip of documents: nothing that runs, no package in the package."""
    entries = _entries(content)
    if entries is None:
        return "不是完整的压缩包，请重新打包"
    for entry in entries:
        ending = PurePosixPath(entry.filename.lower()).suffix
        if ending in ACTIVE:
            return f"里有 {PurePosixPath(entry.filename).name[:40]}，这种文件不能上传，请去掉"
        if ending in PACKED:
            return "里还有压缩包，请先解开，只留文件"
    return _bounded(content, entries)


def ole(*streams: str) -> Check:
    """A compound file with one of the streams, without macros."""

    def check(content: bytes) -> str | None:
        # names of streams stand in UTF-16 in the directory, each padded to 64 bytes
        if not any(f"{name}\0".encode("utf-16-le") in content for name in streams):
            return CHANGED
        if "_VBA_PROJECT\0".encode("utf-16-le") in content:
            return "带有宏，请另存为不带宏的文件"
        return has_zip_inside(content)

    return check
