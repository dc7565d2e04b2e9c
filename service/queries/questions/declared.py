"""The questions of a bundle (processes/questions.yaml), read and checked against its diagrams."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from service.engine import Definition
from service.feel import FeelLimitExceeded, FeelSyntaxError, parse
from service.feel.host import HOST_NAMES
from service.model.errors import BadInput

FILE = "processes/questions.yaml"
# What a kind asks for beside id, title, about, clauses, gap.
ASKS: dict[str, frozenset[str]] = {
    "durations": frozenset(),
    "overdue": frozenset(),
    "late": frozenset(),
    "noted": frozenset({"when"}),
    "on_behalf": frozenset(),
    "off_hours": frozenset({"opens", "closes"}),
    "changed_after": frozenset({"act", "that", "facts"}),
    "two_parts": frozenset({"parts"}),
    "split": frozenset({"amount", "same", "limit"}),
}
MAY = {"noted": frozenset({"rounds", "columns", "marked", "log"})}
COMMON = frozenset({"id", "title", "about", "kind", "clauses", "gap"})
COLUMN_KINDS = frozenset({"text", "number", "money", "date", "time"})
Column = tuple[str, str]  # heading, kind
_known: dict[str, dict[str, Question]] = {}
LIMIT = 8


@dataclass(frozen=True)
class Question:
    """A question: `given` holds what its kind asks for; `gap`: a default of ours, not of the regulation."""

    id: str
    title: str
    about: str
    kind: str
    clauses: tuple[str, ...]
    gap: bool
    given: Mapping[str, Any]


def questions_of(definition: Definition) -> dict[str, Question]:
    """By id, in the order of the file; none without a file. Raises BadInput naming what is wrong."""
    found = _known.get(definition.digest)
    if found is None:
        found = _read(definition)
        while len(_known) >= LIMIT:
            _known.pop(next(iter(list(_known))), None)
        _known[definition.digest] = found
    return found


def _read(definition: Definition) -> dict[str, Question]:
    source = definition.bundle.files.get(FILE)
    rows = (yaml.load(source, Loader=yaml.CSafeLoader) or {}).get("questions", []) if source else []
    found = {q.id: q for q in (_question(row) for row in rows)}
    wrong = [words for q in found.values() for words in _unknown(definition, q)]
    if wrong:
        raise BadInput(f"questions.yaml：{'；'.join(wrong)}。")
    return found


def digest_of(definition: Definition) -> str:
    """SHA-256 of the questions and monitors: rows that were found by others are found anew."""
    files = definition.bundle.files
    told = [files.get(p, b"") for p in (FILE, "processes/monitors.yaml")]
    return hashlib.sha256(b"\0".join(told)).hexdigest()


def _question(row: Any) -> Question:
    if not isinstance(row, dict) or row.get("kind") not in ASKS:
        raise BadInput(f"questions.yaml：每项要有 id、title 和 kind（{'、'.join(ASKS)}）。")
    kind, keys = row["kind"], frozenset(row) - COMMON
    missing = ASKS[kind] - keys
    more = keys - ASKS[kind] - MAY.get(kind, frozenset())
    if missing or more or not row.get("id") or not row.get("title"):
        said = "、".join(sorted(missing)) or "、".join(sorted(more)) or "id、title"
        raise BadInput(f"questions.yaml：{row.get('id')} 缺少或多出 {said}。")
    return Question(
        str(row["id"]),
        str(row["title"]),
        str(row.get("about") or ""),
        kind,
        tuple(row.get("clauses") or ()),
        bool(row.get("gap")),
        {key: row[key] for key in keys},
    )


def _unknown(definition: Definition, question: Question) -> list[str]:
    """Names of a question that the bundle does not know."""
    given = question.given
    acts = {
        e.act
        for p in definition.processes.values()
        for e in p.elements.values()
        if e.act is not None
    }
    asked = [*given.get("when", ()), *([given["act"]] if "act" in given else ())]
    groups = [g for part in given.get("parts", {}).values() for g in part]
    facts = [*given.get("facts", ()), *(given[k] for k in ("amount", "same") if k in given)]
    limit = given.get("limit")
    kinds = {c.get("kind") for c in given.get("columns", ())}
    return [
        *(f"{question.id} 的行为 {a} 没有元素担任" for a in asked if a not in acts),
        *(
            f"{question.id} 的候选组 {g} 不存在"
            for g in groups
            if g not in definition.groups.groups
        ),
        *(
            f"{question.id} 的事实 {f} 不以 project_ 开头"
            for f in facts
            if not f.startswith("project_")
        ),
        *(
            [f"{question.id} 的设置 {limit} 不存在"]
            if limit and limit not in definition.settings
            else ()
        ),
        *(
            f"{question.id} 引用的条款 {c} 不存在"
            for c in question.clauses
            if c not in definition.clauses
        ),
        *(f"{question.id} 的列类型 {k} 不认识" for k in kinds - COLUMN_KINDS),
        *(f"{question.id}：{words}" for words in _unreadable(given)),
    ]


def _unreadable(given: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with the FEEL of a question."""
    texts = [*given.get("when", {}).values(), *(c.get("value") for c in given.get("columns", ()))]
    for text in (*texts, *(given[k] for k in ("that", "marked") if k in given)):
        try:
            parse(str(text), names=HOST_NAMES)
        except (FeelSyntaxError, FeelLimitExceeded) as wrong:
            yield f"{text}（{wrong.message}）"
