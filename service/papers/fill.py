"""Fill a sheet from the record. Pure: the same record and sheet give the same words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from service.feel import Expression, FeelLimitExceeded
from service.forms import Form, typed_values
from service.papers.amounts import paper_date
from service.papers.filed import Filed
from service.papers.filled import FilledCell, FilledSheet, FilledTable
from service.papers.said import boxes_of, said
from service.papers.sheet import Cell, Row, Sheet, Source, Table
from service.papers.sheet_reader import CATALOGUE
from service.papers.template import Template

BY = {"by_unit": "unit_name", "by_name": "name"}


def _names(filed: Filed) -> dict[str, Any]:
    """A submission as expressions see it: values with their types, a file by its name."""
    names = typed_values(filed.form, filed.values)
    for key, component in filed.form.fields.items():
        if component.type == "filepicker" and filed.values.get(key):
            names[key] = said(component, filed.values[key], filed.options)
    return names


@dataclass(frozen=True, eq=False)
class Record:
    """What a sheet is filled from. `project`: no, name, unit, status; `facts`: facts of the project;
    `decided`: results of decisions by id; `catalogue`: entries of the archive as words; `forms`: today's
    forms, for boxes of what is not filled in yet.
    """

    filed: Sequence[Filed]
    project: Mapping[str, str]
    facts: Mapping[str, Any]
    decided: Mapping[str, Any]
    settings: Mapping[str, Any]
    forms: Mapping[str, Form]
    tasks: Mapping[str, str]
    names: Mapping[str, str]
    catalogue: Sequence[Mapping[str, str]] = ()
    instance_key: str = ""


def fill(sheet: Sheet, record: Record, *, now: datetime) -> FilledSheet:
    """The sheet with its words. `now` is only for functions of expressions and `{print.date}`."""
    return _Filling(sheet, record, now).all()


def has_content(sheet: Sheet, record: Record, *, now: datetime) -> bool:
    """Whether the sheet has something to show, without filling it."""
    return _Filling(sheet, record, now).has_content


class _Filling:
    """One sheet with the submissions of its sources."""

    def __init__(self, sheet: Sheet, record: Record, now: datetime) -> None:
        self.sheet, self.record, self.now = sheet, record, now
        self.found = {name: self._of(source) for name, source in sheet.sources.items()}

    def all(self) -> FilledSheet:
        sheet = self.sheet
        return FilledSheet(
            sheet.id,
            sheet.title,
            sheet.name,
            sheet.note,
            sheet.wide,
            sheet.labels,
            tuple((label, words.fill(self.value)) for label, words in sheet.top),
            tuple(
                self.table(block) if isinstance(block, Table) else tuple(self.rows(block))
                for block in sheet.blocks
            ),
            self.has_content,
        )

    @property
    def has_content(self) -> bool:
        begun = [self.sheet.begins] if self.sheet.begins else self.found
        return any(self.found[name] for name in begun)

    def _of(self, source: Source) -> list[Filed]:
        own = self.record.instance_key if self.sheet.per else ""
        within = source.within or self.sheet.within
        found = [
            filed
            for filed in self.record.filed
            if (filed.form.id == source.form if source.form else filed.task == source.task)
            and (not within or filed.within == within)
            and (not own or filed.instance_key == own or filed.within != self.sheet.per)
        ]
        if source.every:
            # of one member only the last word counts
            return list({(f.task, f.member or f.seq): f for f in found}.values())
        return found[-1:]

    # --- values

    def value(self, name: str, format_: str, row: Mapping[str, str] | None = None) -> str:
        head, _, key = name.partition(".")
        if not key:
            return (row or {}).get(head, "")
        if head == "project":
            return self.record.project.get(key, "")
        if head == "print":
            return paper_date(self.now)
        filed = self.found[head]
        return "、".join(filter(None, (self.of_filed(f, key, format_) for f in filed)))

    def of_filed(self, filed: Filed, key: str, format_: str = "") -> str:
        if key in BY:
            return str(filed.actor.get(BY[key], ""))
        if key == "on":
            return paper_date(filed.at)
        if key == "member":
            return self._member(filed)
        component = filed.form.fields.get(key)
        if component is None:
            return ""
        return said(component, filed.values.get(key), filed.options, format_)

    def _member(self, filed: Filed) -> str:
        """A member by name; one who sits there in person by the group that he belongs to."""
        names = self.record.names
        groups = (names[group] for group in filed.actor.get("groups", ()) if group in names)
        return names.get(filed.member) or next(groups, filed.member)

    def holds(self, expression: Expression) -> bool:
        names: dict[str, Any] = {
            name: _names(filed[-1]) if filed else None for name, filed in self.found.items()
        }
        about = {"project": dict(self.record.project), "settings": self.record.settings}
        about |= {"decided": dict(self.record.decided), "facts": dict(self.record.facts)}
        try:
            return expression.evaluate({**names, **about}, now=self.now) is True
        except FeelLimitExceeded:
            return False

    # --- rows

    def rows(self, rows: tuple[Row, ...]) -> Iterator[tuple[FilledCell, ...]]:
        for row in rows:
            if row.when is not None and not self.holds(row.when):
                continue
            if not row.each:
                yield tuple(self.cell(cell) for cell in row.cells)
                continue
            every = self.found[row.each]
            for filed in every:
                self.found[row.each] = [filed]
                yield tuple(self.cell(cell) for cell in row.cells)
            self.found[row.each] = every

    def cell(self, cell: Cell) -> FilledCell:
        boxes = self.boxes(cell.boxes) if cell.boxes else ()
        boxes += tuple((mark.label, self.holds(mark.when)) for mark in cell.marks)
        text = self.text(cell)
        label = Template(cell.label).fill(self.value)
        opinion = cell.opinion
        if opinion is None:
            return FilledCell(label, text, boxes)
        given = self.found[opinion.source]
        signs = [(what, words.fill(self.value)) for what, words in opinion.signs]
        if not signs:
            signs = [("签字", self.of_filed(given[-1], "by_name") if given else "")]
        date = (
            opinion.date.fill(self.value)
            if opinion.date is not None
            else paper_date(given[-1].at)
            if given
            else ""
        )
        return FilledCell(label, text, boxes, True, tuple(signs), date, opinion.seal)

    def text(self, cell: Cell) -> str:
        if cell.text is None:
            return ""
        if not cell.rows:
            return cell.text.fill(self.value)
        return "；".join(self.written(cell.text, line) for line in self.lines(cell.rows))

    def boxes(self, name: str) -> tuple[tuple[str, bool], ...]:
        head, _, key = name.partition(".")
        filed = self.found[head][-1] if self.found[head] else None
        source = self.sheet.sources[head]
        form = (
            filed.form
            if filed
            else self.record.forms[source.form or self.record.tasks[source.task]]
        )
        component = form.fields.get(key)
        if component is None:
            return ()
        return boxes_of(
            component, filed.values.get(key) if filed else None, filed.options if filed else {}
        )

    # --- tables

    def table(self, table: Table) -> FilledTable:
        lines = [self.line(table, line) for line in self.lines(table.of)]
        empty = ("",) * len(table.columns)
        lines += [empty] * (table.blank - len(lines))
        heads = tuple(column.label for column in table.columns)
        return FilledTable(table.label, heads, tuple(c.width for c in table.columns), tuple(lines))

    def line(self, table: Table, line: Mapping[str, str]) -> tuple[str, ...]:
        return tuple(self.written(column.text, line) for column in table.columns)

    def written(self, words: Template, line: Mapping[str, str]) -> str:
        """Words with the cells of a line, and what stands around it."""

        def value(name: str, format_: str) -> str:
            return self.value(name, format_, line)

        return words.fill(value)

    def lines(self, of: str) -> Iterator[dict[str, str]]:
        head, _, key = of.partition(".")
        if of == CATALOGUE:
            yield from ({**entry, "i": str(i)} for i, entry in enumerate(self.record.catalogue, 1))
        elif not key:
            for i, filed in enumerate(self.found[head], 1):
                names = (*filed.form.fields, *BY, "on", "member")
                yield {name: self.of_filed(filed, name) for name in names} | {"i": str(i)}
        else:
            yield from self.of_list(head, key)

    def of_list(self, head: str, key: str) -> Iterator[dict[str, str]]:
        for filed in self.found[head]:
            component = filed.form.fields.get(key)
            rows = filed.values.get(key) or ()
            for i, row in enumerate(rows if component else (), 1):
                assert component
                cells = {
                    k: said(c, row.get(k), filed.options, "yuan")
                    for k, c in component.columns.items()
                }
                yield cells | {"i": str(i)}
