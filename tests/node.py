"""Libraries of npm for tests: installed from the lock of a folder, into a copy of it."""

import shutil
from pathlib import Path

from service.web import node


def installed(source: Path, folder: Path) -> Path:
    """`folder`, with what `source` holds and the libraries of its package-lock.json."""
    shutil.copytree(
        source, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("node_modules")
    )
    node.run(folder, "npm", *node.INSTALL)
    return folder


def bundled(folder: Path, source: str) -> Path:
    """One script of a folder with everything that it imports."""
    node.run(
        folder,
        "node",
        "node_modules/esbuild/bin/esbuild",
        source,
        "--bundle",
        "--outfile=bundle.js",
    )
    return folder / "bundle.js"
