"""Contents of attachments in a folder, each under its SHA-256: written once, whole or not at all."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Collection, Iterator
from pathlib import Path


def keep(folder: Path, content: bytes) -> str:
    """Store `content` and return its digest; the same content is stored once.

    The file is on the disk, under its name, before this returns: a crash leaves all of it or none.
    """
    digest = hashlib.sha256(content).hexdigest()
    path = folder / digest
    if path.exists():
        return digest
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f"{digest}.{secrets.token_hex(4)}.part"
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    _sync(folder)
    return digest


def _sync(folder: Path) -> None:
    """Write the folder itself, else the new name may be lost with the power."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read(folder: Path, digest: str) -> bytes | None:
    """The content of a digest; None when it is missing or no longer what it was."""
    path = folder / digest
    if not path.is_file():
        return None
    content = path.read_bytes()
    return content if hashlib.sha256(content).hexdigest() == digest else None


def strays(folder: Path, known: Collection[str], *, older_than: float) -> Iterator[Path]:
    """Files that nobody knows, and parts that were never finished, unless they are younger.

    `older_than`: POSIX time in seconds; an upload that is just being written is left alone.
    """
    if not folder.is_dir():
        return
    for path in sorted(folder.iterdir()):
        if path.is_file() and path.name not in known and path.stat().st_mtime < older_than:
            yield path
