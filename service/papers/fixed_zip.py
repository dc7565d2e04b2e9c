"""A zip whose bytes depend on its contents alone: fixed times, no compression, order as given."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterable
from types import TracebackType
from typing import IO

MOMENT = (1980, 1, 1, 0, 0, 0)


class FixedZip:
    """Writes files one after the other and remembers their SHA-256."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._zip = zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED)
        self.digests: dict[str, str] = {}

    def __enter__(self) -> FixedZip:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        wrong: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._zip.close()

    def add(self, name: str, content: bytes) -> None:
        """One file. Raises ValueError for a name that is there already."""
        if name in self.digests:
            raise ValueError(f"{name} is there already")
        info = zipfile.ZipInfo(name, MOMENT)
        info.external_attr = 0o644 << 16
        info.create_system = 3
        self._zip.writestr(info, content)
        self.digests[name] = hashlib.sha256(content).hexdigest()


def repacked(content: bytes, replaced: Iterable[tuple[str, bytes]] = ()) -> bytes:
    """The same zip with fixed times; files in `replaced` with another content."""
    new = dict(replaced)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, FixedZip(out) as made:
        for info in old.infolist():
            made.add(info.filename, new.get(info.filename) or old.read(info))
    return out.getvalue()
