"""Files for stories and for the demo county: what the examples of forms attach, with the digest that they name."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from service.store import blobs


def sample_file(name: str) -> bytes:
    """A PDF of one empty page whose title is the file's name; always the same for a name."""
    title = f"FEFF{name.encode('utf-16-be').hex().upper()}"
    objects = (
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>",
        f"<</Title<{title}>>>",
    )
    text, places = "%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(text))
        text += f"{number} 0 obj{content}endobj\n"
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    text += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
    return (
        f"{text}trailer<</Size {len(objects) + 1}/Root 1 0 R/Info 4 0 R>>\n"
        f"startxref\n{text.index('xref')}\n%%EOF\n"
    ).encode()


def attached(data: Any) -> Iterator[dict[str, Any]]:
    """Every attached file in a submission: `{digest, name, size}`."""
    if isinstance(data, dict):
        if "digest" in data and "name" in data:
            yield data
        for value in data.values():
            yield from attached(value)
    elif isinstance(data, list):
        for value in data:
            yield from attached(value)


def keep_samples(root: Path, folder: Path) -> None:
    """Store the files that the examples below `root` attach, so that they can be opened."""
    for path in sorted((root / "forms").rglob("*.example.json")):
        for file in attached(json.loads(path.read_text(encoding="utf-8"))):
            content = sample_file(file["name"])
            if hashlib.sha256(content).hexdigest() == file["digest"]:
                blobs.keep(folder, content)
