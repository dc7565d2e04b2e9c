"""Invariants as data: reading `invariants.yaml` and `acts.yaml`, and parsing statements over acts.

Notation: docs/reference/proof.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import yaml

from service.model.bundle import Bundle
from service.model.errors import BadInput
from service.proof.diagram import Node

TERM = re.compile(r"(start|done|yes|no|is|end)\(\s*([\w.]+)\s*(?:,\s*(\w+)\s*)?\)")
FORMS = (
    ("most", re.compile(r"at most (\d+) (?P<bad>.+?)(?: per (?P<reset>.+))?")),
    ("never", re.compile(r"after (?P<first>.+) never (?P<bad>.+?)(?: until (?P<reset>.+))?")),
    ("always", re.compile(r"after (?P<first>.+) always (?P<bad>.+?) by (?P<reset>.+)")),
    ("absent", re.compile(r"never (?P<bad>.+)")),
    ("before", re.compile(r"(?P<first>.+) before (?P<bad>.+?)(?: since (?P<reset>.+))?")),
)


@dataclass(frozen=True)
class Act:
    """A word of the vocabulary: who does it, how its outcome is called, which table decides it."""

    name: str
    by: tuple[str, ...]
    clause: str
    var: str | None
    good: tuple[str, ...]
    table: str | None
    fixed: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Term:
    """An event: start, done, yes, no, is (with `value`) of an act, or the end of a process."""

    kind: str
    subject: str
    value: str | None = None

    def fits(self, kind: str, node: Node, sets: Iterable[tuple[str, Any]], act: Act | None) -> bool:
        """Whether something that happened at a node is this event."""
        if self.kind == "end":
            return kind == "end" and node.diagram == self.subject
        if node.act != self.subject or kind != ("start" if self.kind == "start" else "done"):
            return False
        if self.kind in ("start", "done"):
            return True
        values = [value for name, value in sets if act and name == act.var]
        if self.kind == "is":
            return self.value in values
        return bool(values) and (values[0] in act.good) == (self.kind == "yes") if act else False


@dataclass(frozen=True)
class Statement:
    """A parsed statement: `first` are alternatives of what must all have been, then see the notation."""

    text: str
    form: str
    first: tuple[tuple[Term, ...], ...]
    bad: tuple[Term, ...]
    reset: tuple[Term, ...]
    most: int
    guard: str | None

    @property
    def terms(self) -> tuple[Term, ...]:
        """All its events."""
        return (*(t for alternative in self.first for t in alternative), *self.bad, *self.reset)


@dataclass(frozen=True)
class Invariant:
    """A rule of the regulation as statements; `needs` says what checks it, `monitor` who does at run time."""

    id: str
    clauses: tuple[str, ...]
    text: str
    kind: str
    scope: str
    needs: str
    roots: tuple[str, ...]
    formal: tuple[str, ...]
    monitor: str


@dataclass(frozen=True)
class Accepted:
    """A finding that the owners know and argue: rule, place, and why it may stay."""

    rule: str
    place: str
    why: str


def parse_statement(text: str) -> Statement:
    """A statement over acts. Raises BadInput."""
    text = " ".join(text.split())
    guard, rest = None, text
    if match := re.fullmatch(r"if (.+?): (.+)", text):
        guard, rest = match.group(1), match.group(2)
    for form, pattern in FORMS:
        if match := pattern.fullmatch(rest):
            found = {"first": None, "reset": None, **match.groupdict()}
            return Statement(
                text,
                form,
                tuple(_all(a) for a in (found["first"] or "").split("|") if a.strip()),
                _any(found["bad"]),
                _any(found["reset"]),
                int(match.group(1)) if form == "most" else 0,
                guard,
            )
    raise BadInput(f"不变式读不懂：{text}")


def _all(text: str) -> tuple[Term, ...]:
    return tuple(_term(part) for part in text.split("&"))


def _any(text: str | None) -> tuple[Term, ...]:
    return tuple(_term(part) for part in (text or "").split("|") if part.strip())


def _term(text: str) -> Term:
    match = TERM.fullmatch(text.strip())
    if not match:
        raise BadInput(f"不变式里的事件读不懂：{text.strip()}")
    return Term(match[1], match[2], match[3])


def read_acts(bundle: Bundle) -> dict[str, Act]:
    """The vocabulary. Raises BadInput."""
    rows = _yaml(bundle, "processes/acts.yaml").get("acts") or {}
    try:
        return {name: _act(name, row) for name, row in rows.items()}
    except (KeyError, TypeError, AttributeError) as wrong:
        raise BadInput("processes/acts.yaml：每个行为要有 by 和 clause，请检查文件。") from wrong


def _act(name: str, row: Mapping[str, Any]) -> Act:
    return Act(
        name,
        tuple(row["by"]),
        str(row.get("clause", "")),
        row.get("var"),
        tuple(str(v) for v in row.get("good") or ()),
        row.get("table"),
        tuple((k, str(v)) for k, v in (row.get("fixed") or {}).items()),
    )


def read_invariants(bundle: Bundle) -> list[Invariant]:
    """The invariants, in the order of the file. Raises BadInput."""
    rows = _yaml(bundle, "processes/invariants.yaml").get("invariants") or []
    try:
        return [
            Invariant(
                str(row["id"]),
                tuple(str(c) for c in row["clauses"]),
                row["text"],
                row["kind"],
                row["scope"],
                row["needs"],
                tuple(row.get("roots") or ()),
                tuple(row["formal"]),
                row.get("monitor", ""),
            )
            for row in rows
        ]
    except (KeyError, TypeError) as wrong:
        raise BadInput(
            f"processes/invariants.yaml：每条要有 id、clauses、text、kind、scope、needs、formal（缺 {wrong}）。"
        ) from wrong


def read_accepted(bundle: Bundle) -> list[Accepted]:
    """The findings that are accepted, with their arguments. Raises BadInput."""
    rows = _yaml(bundle, "processes/invariants.yaml").get("accepted") or []
    try:
        return [Accepted(row["rule"], row["place"], row["why"]) for row in rows]
    except (KeyError, TypeError) as wrong:
        raise BadInput(
            "processes/invariants.yaml：accepted 的每项要有 rule、place、why。"
        ) from wrong


@lru_cache(maxsize=16)
def _parsed(source: bytes) -> Any:
    """Nobody changes what was read."""
    return yaml.load(source, Loader=yaml.CSafeLoader)


def _yaml(bundle: Bundle, path: str) -> dict[str, Any]:
    source = bundle.files.get(path)
    if source is None:
        return {}
    try:
        found = _parsed(source)
    except yaml.YAMLError as wrong:
        mark = getattr(wrong, "problem_mark", None)
        where = f"{path}:{mark.line + 1}" if mark else path
        raise BadInput(f"{where}：不是合格的 YAML，请检查缩进和引号。") from wrong
    if not isinstance(found, dict | None):
        raise BadInput(f"{path}：开头应当是栏目名和冒号，请检查文件。")
    return found or {}
