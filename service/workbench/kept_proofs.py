"""Parts of proofs that were carried out before, kept in a folder between checks.

A part is known by the digest of all that it depends on and of the code that proves, so nothing here ever goes out of
date; what cannot be read is proved again. The folder may be emptied at any time.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
from pathlib import Path
from typing import Any

MOST = 400  # of the shipped bundle a proof has 43 parts, each of about 1 kB
PROVING = ("dmn", "feel", "model", "proof", "regulation")


class KeptProofs:
    """A memo of `prove` in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / _code()

    def get(self, key: str) -> Any:
        """The kept result, None when there is none that can be read."""
        try:
            return json.loads((self.folder / f"{key}.json").read_bytes())
        except (OSError, ValueError):
            return None

    def __setitem__(self, key: str, result: Any) -> None:
        """Keep a result; the oldest make room."""
        self.folder.mkdir(parents=True, exist_ok=True)
        place = self.folder / f"{key}.json"
        part = place.with_suffix(f".{os.getpid()}")
        part.write_text(json.dumps(result, ensure_ascii=False))
        part.replace(place)
        kept = sorted(self.folder.glob("*.json"), key=lambda p: p.stat().st_mtime)
        for old in kept[:-MOST]:
            old.unlink(missing_ok=True)


@functools.cache
def _code() -> str:
    """A digest of the code that proves."""
    top = Path(__file__).parents[1]
    found = hashlib.sha256()
    for package in PROVING:
        for path in sorted((top / package).rglob("*")):
            if path.suffix in (".py", ".lark"):
                found.update(path.read_bytes())
    return found.hexdigest()[:16]
