"""node and npm: from the PATH, else from the wheel beside this Python (requirements-editors.lock)."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from service.model.errors import Refused

INSTALL = (
    "ci",
    "--prefer-offline",
    "--no-audit",
    "--no-fund",
    "--ignore-scripts",
    "--fetch-retries=1",
)
TRUST = {
    "NODE_USE_SYSTEM_CA": "1"
}  # a county's own certificates, as everything else here trusts them


def program(name: str) -> str:
    """Where `node` or `npm` is. Raises Refused."""
    beside = Path(sys.executable).with_name(name)
    found = shutil.which(name) or (str(beside) if beside.exists() else None)
    if found is None:
        raise Refused(f"没有找到 {name}。")
    return found


def run(folder: Path, name: str, *words: str) -> None:
    """Run node or npm in a folder, three minutes at most. Raises Refused with the line that says what is wrong."""
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", "")))
    try:
        done = subprocess.run(  # noqa: S603 (node and npm, with words of ours)
            (program(name), *words),
            cwd=folder,
            env={**os.environ, **TRUST, "PATH": path},
            timeout=180,
            capture_output=True,
            text=True,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as wrong:
        raise Refused(str(wrong)) from wrong
    if done.returncode:
        raise Refused(telling(done.stderr or done.stdout)[:200])


def telling(said: str) -> str:
    """The first line of what node or npm said that names an error, else the first that says anything at all."""
    lines = [line.strip() for line in said.splitlines() if any(c.isalpha() for c in line)]
    own = [line for line in lines if not line.startswith(("at ", "Node.js v", "npm notice"))]
    wrong = [line for line in own if "error" in line.lower() and "A complete log" not in line]
    return (wrong or own or [""])[0]
