"""The editors of the workbench: built once from libraries that npm fetches by the lock, served as files with hashes.

Without them everything works but drawing in the browser; `banjie editors` makes them.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from service.model.errors import Refused

SOURCES = Path(__file__).parent / "modeler"
PLACE = Path(__file__).parent / "static" / "dist"
MANIFEST = "manifest.json"
QUICKLY = ("--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts", "--fetch-retries=1")
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
    npm, node = _program("npm"), _program("node")
    if npm is None or node is None:
        raise Refused("没有找到 node 和 npm，浏览器里的编辑器没有安装；其他功能不受影响。")
    PLACE.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="banjie-editors-") as place:
        folder, made = Path(place) / "src", Path(place) / "dist"
        shutil.copytree(SOURCES, folder, ignore=shutil.ignore_patterns("node_modules"))
        _run(folder, npm, "ci", *QUICKLY)
        _run(folder, node, "build.mjs", str(made), stamp())
        fresh = PLACE.with_name(f"dist.{os.getpid()}")
        shutil.copytree(made, fresh)
        shutil.rmtree(PLACE, ignore_errors=True)
        fresh.rename(PLACE)


def _program(name: str) -> str | None:
    """On the PATH, else from the wheel beside this Python."""
    beside = Path(sys.executable).with_name(name)
    return shutil.which(name) or (str(beside) if beside.exists() else None)


def _run(folder: Path, *command: str) -> None:
    own = {"PATH": os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", "")))}
    try:
        done = subprocess.run(  # noqa: S603 (npm and node, with words of ours)
            command,
            cwd=folder,
            env={**os.environ, **own},
            timeout=180,
            capture_output=True,
            text=True,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as wrong:
        raise Refused(f"编辑器没有装成（{wrong}），其他功能不受影响。") from wrong
    if done.returncode:
        last = (done.stderr or done.stdout).strip().splitlines()[-1:] or [""]
        raise Refused(
            f"编辑器没有装成（{last[0][:200]}），其他功能不受影响；联网后执行 banjie editors。"
        )
