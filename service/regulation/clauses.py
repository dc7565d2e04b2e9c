"""The register of clauses: the articles' text, and each clause with who keeps it where no diagram does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import yaml

from service.model.errors import BadInput


@dataclass(frozen=True)
class Keeper:
    """A clause kept by the service itself: in words, and the file below `service/` that does it."""

    name: str
    place: str


@dataclass(frozen=True)
class Clause:
    """A clause: `id` such as 19.1.14, its article's number, its words as they stand in the regulation.

    `kind` is duty, prohibition, condition, threshold, deadline, document, power, permission,
    definition or principle. `reason` says why nothing carries it; empty for a clause that something does.
    """

    id: str
    article: int
    text: str
    kind: str = ""
    keepers: tuple[Keeper, ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class Article:
    """An article: number, chapter's title, full text with its paragraphs on lines of their own."""

    number: int
    chapter: str
    text: str


@dataclass(frozen=True)
class Register:
    """The regulation: title, articles by number, clauses by id."""

    title: str = ""
    articles: Mapping[int, Article] = field(default_factory=dict)
    clauses: Mapping[str, Clause] = field(default_factory=dict)


def parse_register(source: bytes) -> Register:
    """Read `title`, `articles: [{number, chapter, text}]`, `clauses: [{id, article, text, …}]`.

    Raises BadInput, also for a clause whose words do not stand in its article.
    """
    try:
        data = yaml.load(source, Loader=yaml.CSafeLoader)
        articles = {
            int(a["number"]): Article(int(a["number"]), a["chapter"], a["text"])
            for a in data.get("articles") or ()
        }
        clauses = {str(row["id"]): _clause(row) for row in data["clauses"]}
    except (yaml.YAMLError, AttributeError, KeyError, TypeError, ValueError) as wrong:
        raise BadInput("clauses.yaml 的写法不对，应为 clauses: [{id, article, text}]。") from wrong
    for clause in clauses.values():
        if articles and clause.text not in getattr(articles.get(clause.article), "text", ""):
            raise BadInput(
                f"clauses.yaml：条款 {clause.id} 的文字不是第 {clause.article} 条的原文。"
            )
    return Register(data.get("title") or "", articles, clauses)


def _clause(row: Mapping[str, object]) -> Clause:
    keepers = row.get("kept_by") or ()
    assert isinstance(keepers, list | tuple)
    return Clause(
        str(row["id"]),
        int(str(row["article"])),
        str(row["text"]),
        str(row.get("kind") or ""),
        tuple(Keeper(str(k["name"]), str(k["place"])) for k in keepers),
        str(row.get("reason") or ""),
    )
