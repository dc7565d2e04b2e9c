"""The editors of the workbench: built once from libraries that npm fetches by the lock, served as files with hashes.

Without them everything works but drawing in the browser; `banjie editors` makes them.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from pathlib import Path

from service.model.errors import Refused
from service.web import node

SOURCES = Path(__file__).parent / "modeler"
PLACE = Path(__file__).parent / "static" / "dist"
MANIFEST = "manifest.json"
HOW = "python3 dev.py run 会自动安装编辑器；已在运行的，请执行 banjie editors 后刷新本页。"


def bundle(name: str) -> str | None:
    """The file below static/ of a bundle such as `diagram.js`; None while the editors are not there."""
    try:
        names = json.loads((PLACE / MANIFEST).read_text(encoding="utf-8"))["files"]
    except FileNotFoundError:
        return None
    return f"dist/{names[name]}"


def stamp() -> str:
    """A digest of everything that the bundles are made from."""
    digest = hashlib.sha256()
    for path in sorted(SOURCES.rglob("*")):
        if path.is_file() and "node_modules" not in path.parts:
            digest.update(path.relative_to(SOURCES).as_posix().encode() + b"\0")
            digest.update(path.read_bytes())
    return digest.hexdigest()


def is_built() -> bool:
    """Whether what stands there was made from these sources."""
    try:
        made = json.loads((PLACE / MANIFEST).read_text(encoding="utf-8"))["stamp"]
    except (FileNotFoundError, KeyError, ValueError):
        return False
    return bool(made == stamp())


def build() -> None:
    """Make the bundles anew, beside those in use, then exchange them. Raises Refused, with what to do."""
    PLACE.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="banjie-editors-") as place:
        folder, made = Path(place) / "src", Path(place) / "dist"
        shutil.copytree(SOURCES, folder, ignore=shutil.ignore_patterns("node_modules"))
        try:
            node.run(folder, "npm", *node.INSTALL)
            node.run(folder, "node", "build.mjs", str(made), stamp())
        except Refused as wrong:
            raise Refused(
                f"浏览器里的编辑器没有装成：{wrong.message}。其他功能不受影响；联网后执行 banjie editors。"
            ) from wrong
        fresh = PLACE.with_name(f"dist.{os.getpid()}")
        shutil.copytree(made, fresh)
        shutil.rmtree(PLACE, ignore_errors=True)
        fresh.rename(PLACE)
