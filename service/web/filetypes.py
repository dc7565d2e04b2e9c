"""Which files are accepted, and whether a file is what its name says."""

from __future__ import annotations

from pathlib import PurePath

ZIP = (b"PK\x03\x04",)
SIGNATURES: dict[str, tuple[bytes, ...]] = {
    ".pdf": (b"%PDF-",),
    ".docx": ZIP,
    ".xlsx": ZIP,
    ".ofd": ZIP,
    ".zip": ZIP,
    ".jpg": (b"\xff\xd8\xff",),
    ".jpeg": (b"\xff\xd8\xff",),
    ".png": (b"\x89PNG\r\n\x1a\n",),
}


def is_accepted(name: str) -> bool:
    """Whether files with this ending are accepted."""
    return PurePath(name).suffix.lower() in SIGNATURES


def is_what_it_says(name: str, content: bytes) -> bool:
    """Whether the first bytes are those of the kind that the ending promises."""
    return content.startswith(SIGNATURES[PurePath(name).suffix.lower()])
