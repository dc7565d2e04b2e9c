"""Which facts of a project pages show, under which names, and words for values: processes/facts.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import yaml

from service.model.errors import BadInput

KINDS = frozenset(("money", "date", "choice"))


@dataclass(frozen=True)
class Fact:
    """A fact: `id` is the variable that diagrams set, `label` its name on pages, `clauses` what it rests on.

    `kind`: money (yuan), date, or choice (a value of the form field of the same name).
    """

    id: str
    label: str
    kind: str
    clauses: tuple[str, ...]
    listed: bool


def parse_facts(source: bytes) -> dict[str, Fact]:
    """Read `facts: [{id, label, kind, clauses, list}]` in order. Raises BadInput."""
    try:
        rows = yaml.load(source, Loader=yaml.CSafeLoader)["facts"]
        found = {row["id"]: _fact(row) for row in rows}
    except (yaml.YAMLError, KeyError, TypeError) as wrong:
        raise BadInput("facts.yaml 的写法不对，每项要有 id、label、kind。") from wrong
    odd = [fact.id for fact in found.values() if fact.kind not in KINDS]
    if odd:
        raise BadInput(f"facts.yaml：{'、'.join(odd)} 的 kind 只能是 {'、'.join(sorted(KINDS))}。")
    parse_words(source)
    if sum(fact.listed for fact in found.values()) > 1:
        raise BadInput("facts.yaml：只能有一项 list: true。")
    return found


def parse_words(source: bytes) -> dict[str, dict[str, str]]:
    """`words: {variable: {value: words}}`: how pages say values that no form names. Raises BadInput."""
    try:
        told = yaml.load(source, Loader=yaml.CSafeLoader).get("words") or {}
        return {str(n): {str(v): str(w) for v, w in one.items()} for n, one in told.items()}
    except (yaml.YAMLError, AttributeError) as wrong:
        raise BadInput("facts.yaml 的 words 写法不对，每个变量下写 取值: 文字。") from wrong


def listed_fact(facts: Mapping[str, Fact]) -> str:
    """The id of the amount that lists show; empty when there is none."""
    return next((fact.id for fact in facts.values() if fact.listed), "")


def _fact(row: Mapping[str, object]) -> Fact:
    clauses = row.get("clauses") or ()
    assert isinstance(clauses, list | tuple)
    return Fact(
        str(row["id"]),
        str(row["label"]),
        str(row["kind"]),
        tuple(str(clause) for clause in clauses),
        row.get("list") is True,
    )
