"""The coverage as Markdown: an overview and one page a chapter, in Chinese, with each article's text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from service.coverage.carriers import KINDS, Carrier
from service.coverage.report import Coverage, Row
from service.engine import Definition
from service.regulation.clauses import Article
from service.regulation.numerals import article_name

SHOWN = 6  # carriers of one kind that a line names; the rest is counted


def write_pages(definition: Definition, report: Coverage, folder: Path) -> None:
    """Write `README.md` and `chapter-N.md` into `folder`, which is made when it does not exist."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages(definition, report).items():
        (folder / name).write_text(text, encoding="utf-8")


def pages(definition: Definition, report: Coverage) -> dict[str, str]:
    """File name → text."""
    chapters: dict[str, list[Article]] = defaultdict(list)
    for article in definition.register.articles.values():
        chapters[article.chapter].append(article)
    made = {"README.md": "\n".join(_overview(definition, report, chapters)) + "\n"}
    for number, (chapter, articles) in enumerate(chapters.items(), 1):
        made[f"chapter-{number}.md"] = "\n".join(_chapter(chapter, articles, report)) + "\n"
    return made


def _overview(
    definition: Definition, report: Coverage, chapters: dict[str, list[Article]]
) -> Iterator[str]:
    yield f"# {definition.register.title}：条款与承载"
    yield ""
    yield "本页由 `banjie coverage --write docs/regulation` 生成。"
    yield "每条条款由哪些环节、规则、栏目、设置承载，哪些场景走到。"
    yield ""
    yield "| 章 | 条 | 条款 | 已承载 | 说明理由 | 场景走到 |"
    yield "|---|---|---|---|---|---|"
    for number, (chapter, articles) in enumerate(chapters.items(), 1):
        rows = [r for a in articles for r in _rows(report, a.number)]
        span = f"{articles[0].number}–{articles[-1].number}"
        counts = [
            len(rows),
            sum(r.verdict == "carried" for r in rows),
            sum(r.verdict == "argued" for r in rows),
            sum(bool(r.stories) for r in rows),
        ]
        yield f"| [{chapter}](chapter-{number}.md) | {span} | {' | '.join(map(str, counts))} |"
    if report.untouched:
        yield ""
        yield f"还没有场景走到的条款：{'、'.join(r.clause.id for r in report.untouched)}。"


def _chapter(chapter: str, articles: list[Article], report: Coverage) -> Iterator[str]:
    yield f"# {chapter}"
    for article in articles:
        yield ""
        yield f"## {article_name(article.number)}"
        yield ""
        for paragraph in article.text.splitlines():
            yield f"> {paragraph}"
            yield ">"
        yield ""
        yield "| 条款 | 原文 | 承载 | 场景 |"
        yield "|---|---|---|---|"
        for row in _rows(report, article.number):
            stories = "、".join(row.stories) or "—"
            yield f"| {row.clause.id} | {row.clause.text} | {_carried(row)} | {stories} |"


def _rows(report: Coverage, article: int) -> list[Row]:
    return [row for row in report.rows if row.clause.article == article]


def _carried(row: Row) -> str:
    if not row.carriers:
        return f"（{row.clause.reason}）"
    kinds: dict[str, list[Carrier]] = defaultdict(list)
    for carrier in row.carriers:
        kinds[carrier.kind].append(carrier)
    parts = []
    for kind, word in KINDS.items():
        if kinds[kind]:
            places = [f"`{carrier.place}`" for carrier in kinds[kind][:SHOWN]]
            more = f" 等 {len(kinds[kind])} 处" if len(kinds[kind]) > SHOWN else ""
            parts.append(f"{word} {' '.join(places)}{more}")
    return "<br>".join(parts)
