"""A filled sheet: plain words in order, ready for a page, and the same words under one digest."""

from __future__ import annotations

import dataclasses
import hashlib
from dataclasses import dataclass

from service.model.values import canonical_json


@dataclass(frozen=True)
class FilledCell:
    """`boxes`: (words, ticked). `signs`: (what, who). `signed`: whether it is an opinion to sign."""

    label: str
    text: str
    boxes: tuple[tuple[str, bool], ...] = ()
    signed: bool = False
    signs: tuple[tuple[str, str], ...] = ()
    date: str = ""
    seal: bool = False


@dataclass(frozen=True)
class FilledTable:
    """A list with its heads, widths in hundredths and lines."""

    label: str
    heads: tuple[str, ...]
    widths: tuple[int, ...]
    lines: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class FilledSheet:
    """What is printed. `has_content`: whether the step that the sheet is about has been taken."""

    sheet_id: str
    title: str
    name: str
    note: str
    wide: bool
    labels: str
    top: tuple[tuple[str, str], ...]
    blocks: tuple[tuple[tuple[FilledCell, ...], ...] | FilledTable, ...]
    has_content: bool

    @property
    def digest(self) -> str:
        """SHA-256 over all its words, in hexadecimal."""
        return hashlib.sha256(canonical_json(dataclasses.asdict(self))).hexdigest()
