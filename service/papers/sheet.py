"""A printable sheet as data: what stands in which row, and where it comes from (docs/reference/sheets.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from service.feel import Expression
from service.papers.template import Template


@dataclass(frozen=True)
class Source:
    """Submissions of the record: of a form, or of one task; the last one, or `every` one.

    `within`: only of instances of this process, where a called process serves several.
    """

    form: str = ""
    task: str = ""
    within: str = ""
    every: bool = False


@dataclass(frozen=True)
class Mark:
    """A box with its words; ticked when the expression is true."""

    label: str
    when: Expression


@dataclass(frozen=True)
class Opinion:
    """What makes a cell an opinion: whose submission it is, who signs, when, whether there is a seal."""

    source: str
    signs: tuple[tuple[str, Template], ...]
    date: Template | None
    seal: bool


@dataclass(frozen=True)
class Cell:
    """A label and what stands beside it. Of `boxes` (a choice), `marks` and `text` those that are
    given follow each other. `rows`: a list field; then `text` is written for each of its rows.
    """

    label: str
    text: Template | None = None
    rows: str = ""
    boxes: str = ""
    marks: tuple[Mark, ...] = ()
    opinion: Opinion | None = None


@dataclass(frozen=True)
class Row:
    """Cells side by side. Not printed unless `when` holds; `each`: printed for every submission of a
    source.
    """

    cells: tuple[Cell, ...]
    when: Expression | None = None
    each: str = ""


@dataclass(frozen=True)
class Column:
    """A column of a table: its head, what stands in it, its share of the width in hundredths."""

    label: str
    text: Template
    width: int


@dataclass(frozen=True)
class Table:
    """A list: one line for each row of a list field, each submission of a source, or each entry of the
    archive; at least `blank` lines.
    """

    label: str
    of: str
    columns: tuple[Column, ...]
    blank: int


@dataclass(frozen=True)
class Sheet:
    """A sheet. `per`: a process; then there is one sheet for each of its instances. `begins`: the
    source with which it begins to be filled. `labels`: `wide` for long ones.
    """

    id: str
    path: str
    title: str
    name: str
    note: str
    articles: tuple[str, ...]
    per: str
    within: str
    sources: Mapping[str, Source]
    top: tuple[tuple[str, Template], ...]
    blocks: tuple[tuple[Row, ...] | Table, ...]
    begins: str = ""
    wide: bool = False
    labels: str = ""
