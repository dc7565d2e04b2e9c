"""Read sheets from YAML; every key is known and every name leads somewhere, or the file is refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from service.feel import Expression, FeelSyntaxError, parse
from service.feel.host import HOST_NAMES
from service.forms import Form
from service.model.errors import BadInput
from service.papers.sheet import Cell, Column, Mark, Opinion, Row, Sheet, Source, Table
from service.papers.template import Template

FOLDER = "forms/print/"
# What a sheet knows beside its sources: see service/papers/fill.py.
ALWAYS = {"project": {"no", "name", "unit", "status"}, "print": {"date"}}
BY = {"by_unit", "by_name", "on", "member"}
CATALOGUE = "catalogue"
ENTRY = {"no", "volume", "title", "by", "date", "size", "digest", "files"}


@dataclass(frozen=True)
class Known:
    """What names of a bundle a sheet may use: forms by id, the form of each user task by its path
    `process/element`, processes, decisions, clauses.
    """

    forms: Mapping[str, Form]
    tasks: Mapping[str, str]
    processes: frozenset[str]
    decisions: frozenset[str]
    clauses: frozenset[str]


def read_sheets(files: Mapping[str, bytes], known: Known) -> dict[str, Sheet]:
    """The sheets of a bundle's files, by id, in order of path. Raises BadInput naming file and key."""
    found: dict[str, Sheet] = {}
    for path in sorted(files):
        if path.startswith(FOLDER) and path.endswith(".yaml"):
            sheet = _Reader(path, known).sheet(files[path])
            if path != f"{FOLDER}{sheet.id}.yaml":
                raise BadInput(f"{path}：id 写的是 {sheet.id}，应与文件名一致。")
            found[sheet.id] = sheet
    return found


class _Reader:
    """Reads one file; `sources` are known once they are read."""

    def __init__(self, path: str, known: Known) -> None:
        self.path, self.known = path, known
        self.sources: dict[str, Source] = {}

    def refuse(self, problem: str) -> BadInput:
        return BadInput(f"{self.path}：{problem}。")

    def sheet(self, content: bytes) -> Sheet:
        try:
            data = yaml.safe_load(content)
        except yaml.YAMLError as wrong:
            raise self.refuse(f"不是合格的 YAML（{wrong}）") from wrong
        keys = {"id", "title", "name", "article", "blocks"}
        self.keys(
            data, keys, {"note", "per", "within", "sources", "begins", "top", "wide", "labels"}, ""
        )
        for name, given in (data.get("sources") or {}).items():
            self.sources[str(name)] = self.source(str(name), given)
        for process in filter(None, (data.get("per"), data.get("within"))):
            if process not in self.known.processes:
                raise self.refuse(f"没有流程 {process}")
        articles = tuple(str(data["article"]).split())
        unknown = [c for c in articles if self.known.clauses and c not in self.known.clauses]
        if unknown:
            raise self.refuse(f"没有条款 {'、'.join(unknown)}")
        return Sheet(
            id=str(data["id"]),
            path=self.path,
            title=str(data["title"]),
            name=str(data["name"]),
            note=str(data.get("note") or ""),
            articles=articles,
            per=data.get("per") or "",
            within=data.get("within") or "",
            sources=self.sources,
            top=tuple(
                (str(t["label"]), self.words(t["text"], "top")) for t in data.get("top") or ()
            ),
            blocks=tuple(self.block(b) for b in data["blocks"]),
            begins=self.begins(data),
            wide=data.get("wide") is True,
            labels="wide" if data.get("labels") == "wide" else "",
        )

    def begins(self, data: Mapping[str, Any]) -> str:
        name = str(data.get("begins") or "")
        if name and name not in self.sources:
            raise self.refuse(f"begins：没有来源 {name}")
        return name

    def keys(self, data: Any, wanted: set[str], more: set[str], where: str) -> None:
        if not isinstance(data, Mapping):
            raise self.refuse(f"{where or '文件'}要是一组键和值")
        unknown, absent = set(data) - wanted - more, wanted - set(data)
        if unknown or absent:
            words = [f"不认识的键 {'、'.join(sorted(map(str, unknown)))}"] if unknown else []
            words += [f"缺少键 {'、'.join(sorted(absent))}"] if absent else []
            raise self.refuse(f"{where}{'，'.join(words)}")

    def source(self, name: str, data: Any) -> Source:
        self.keys(data, set(), {"form", "task", "within", "every"}, f"来源 {name}：")
        made = Source(
            data.get("form") or "", data.get("task") or "", data.get("within") or "",
            data.get("every") is True,
        )  # fmt: skip
        if bool(made.form) == bool(made.task):
            raise self.refuse(f"来源 {name}：form 和 task 写一个")
        if made.form and made.form not in self.known.forms:
            raise self.refuse(f"来源 {name}：没有表单 {made.form}")
        if made.task and made.task not in self.known.tasks:
            raise self.refuse(f"来源 {name}：没有任务 {made.task}")
        if made.within and made.within not in self.known.processes:
            raise self.refuse(f"来源 {name}：没有流程 {made.within}")
        return made

    def form_of(self, source: str) -> Form:
        if source not in self.sources:
            raise self.refuse(f"没有来源 {source}")
        made = self.sources[source]
        return self.known.forms[made.form or self.known.tasks[made.task]]

    def words(self, text: Any, where: str, row: frozenset[str] | None = None) -> Template:
        """A template whose places all lead somewhere; `row`: names that a line of a table has."""
        made = Template(str(text))
        if made.problem:
            raise self.refuse(f"{where}{made.problem}")
        for name, _ in made.places:
            self.place(name, where, row)
        return made

    def place(self, name: str, where: str, row: frozenset[str] | None) -> None:
        head, _, key = name.partition(".")
        if not key:
            fits = row is not None and head in row
        elif head in ALWAYS:
            fits = key in ALWAYS[head]
        else:
            fits = key in self.form_of(head).fields or key in BY
        if not fits:
            raise self.refuse(f"{where}：没有 {name}")

    def feel(self, text: Any, where: str) -> Expression:
        try:
            made = parse(str(text), names=HOST_NAMES)
        except FeelSyntaxError as wrong:
            raise self.refuse(f"{where}：{wrong.message}（{text}）") from wrong
        names = {*self.sources, "project", "settings", "decided", "facts"}
        if made.free_names - names:
            raise self.refuse(f"{where}：没有 {'、'.join(sorted(made.free_names - names))}")
        return made

    def block(self, data: Any) -> tuple[Row, ...] | Table:
        self.keys(data, set(), {"rows", "table"}, "blocks ")
        if "table" in data:
            return self.table(data["table"])
        return tuple(self.row(r) for r in data.get("rows") or ())

    def row(self, data: Any) -> Row:
        cells = data.get("cells") if isinstance(data, Mapping) else None
        if cells is None:
            own = {k: v for k, v in data.items() if k not in ("when", "each")}
            cells = [own]
        else:
            self.keys(data, {"cells"}, {"when", "each"}, "cells ")
        each = str(data.get("each") or "")
        if each and (each not in self.sources or not self.sources[each].every):
            raise self.refuse(f"each：{each} 不是 every 的来源")
        when = data.get("when")
        return Row(
            tuple(self.cell(c) for c in cells),
            None if when is None else self.feel(when, "when"),
            each,
        )

    def cell(self, data: Any) -> Cell:
        more = {"text", "field", "rows", "boxes", "marks", "opinion", "signs", "date", "seal"}
        self.keys(data, {"label"}, more, "行 ")
        label = self.words(data["label"], "label").words
        text = data.get("text")
        if "field" in data:
            text = "{" + str(data["field"]) + "}"
        boxes = str(data.get("boxes") or "")
        if boxes:
            self.place(boxes, label, None)
        opinion = None
        if "opinion" in data:
            self.form_of(str(data["opinion"]))
            signs = tuple(
                (str(s), self.words(t, label)) for s, t in (data.get("signs") or {}).items()
            )
            date = self.words(data["date"], label) if "date" in data else None
            opinion = Opinion(str(data["opinion"]), signs, date, data.get("seal") is not False)
        rows = str(data.get("rows") or "")
        line = self.row_names(rows) if rows else None
        return Cell(
            label,
            None if text is None else self.words(text, label, line),
            rows,
            boxes,
            tuple(self.marks(data.get("marks") or (), label)),
            opinion,
        )

    def marks(self, data: Any, where: str) -> Iterator[Mark]:
        for mark in data:
            self.keys(mark, {"label", "when"}, set(), f"{where} marks ")
            yield Mark(str(mark["label"]), self.feel(mark["when"], where))

    def table(self, data: Any) -> Table:
        self.keys(data, {"of", "columns"}, {"label", "blank"}, "table ")
        of = str(data["of"])
        row = self.row_names(of)
        columns = []
        for column in data["columns"]:
            self.keys(column, {"label", "text"}, {"width"}, f"table {of} ")
            words = self.words(column["text"], of, row)
            columns.append(Column(str(column["label"]), words, int(column.get("width") or 0)))
        return Table(str(data.get("label") or ""), of, tuple(columns), int(data.get("blank") or 0))

    def row_names(self, of: str) -> frozenset[str]:
        """The places of a line: the columns of a list field, the fields of a source, an archive entry."""
        head, _, key = of.partition(".")
        numbered = frozenset(("i",))
        if of == CATALOGUE:
            return numbered | ENTRY
        form = self.form_of(head)
        if not key:
            if not self.sources[head].every:
                raise self.refuse(f"table：{head} 不是 every 的来源")
            return numbered | BY | set(form.fields)
        component = form.fields.get(key)
        if component is None or component.type != "dynamiclist":
            raise self.refuse(f"table：{of} 不是列表")
        return numbered | frozenset(component.columns)
