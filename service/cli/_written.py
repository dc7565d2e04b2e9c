"""Files that a command writes: whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from service.model.errors import BadInput


@contextmanager
def written(path: Path, *, mode: int = 0o644) -> Iterator[IO[bytes]]:
    """A file that appears when it is whole; what fails leaves nothing. Raises BadInput."""
    part = path.with_name(f"{path.name}.part")
    try:
        part.unlink(missing_ok=True)
        part.touch(mode=mode)
        with part.open("wb") as stream:
            yield stream
        part.replace(path)
    except OSError as wrong:
        raise BadInput(f"写不了 {path}：{wrong.strerror}。") from wrong
    finally:
        part.unlink(missing_ok=True)
