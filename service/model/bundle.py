"""A deployment bundle: the bytes of diagrams, tables, forms and settings under one digest."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

EXAMPLE = ".example.json"
SUFFIXES = {".bpmn", ".dmn", ".form", ".yaml"}


def is_beside(path: str) -> bool:
    """Whether a file is a story or an example of a form: they go with a bundle and are no part of it."""
    return path.startswith("processes/scenarios/") or path.endswith(EXAMPLE)


@dataclass(frozen=True)
class Bundle:
    """`files` maps a path such as `processes/joint_review.bpmn` to its bytes."""

    files: Mapping[str, bytes]

    @cached_property
    def digest(self) -> str:
        """SHA-256 over sorted paths and the SHA-256 of each file, in hexadecimal."""
        lines = (
            f"{hashlib.sha256(self.files[path]).hexdigest()}  {path}\n"
            for path in sorted(self.files)
        )
        return hashlib.sha256("".join(lines).encode()).hexdigest()

    def of_kind(self, suffix: str) -> dict[str, bytes]:
        """The files whose name ends in `suffix`, in order of path."""
        return {p: self.files[p] for p in sorted(self.files) if p.endswith(suffix)}


def read_bundle(root: Path) -> Bundle:
    """The bundle of the folders `processes/` and `forms/` below `root` (scenarios stay out)."""
    files = {
        path.relative_to(root).as_posix(): path.read_bytes()
        for folder in ("processes", "forms")
        for path in sorted((root / folder).rglob("*"))
        if path.suffix in SUFFIXES and path.is_file() and "scenarios" not in path.parts
    }
    return Bundle(files)
