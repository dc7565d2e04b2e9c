"""`banjie coverage`: clause → what carries it → the stories that exercise it."""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import click

from service.config import project_root
from service.coverage.carriers import KINDS
from service.coverage.pages import write_pages
from service.coverage.report import Coverage, Row
from service.coverage.report import coverage as report_of
from service.engine import Definition, compile_bundle
from service.model.bundle import read_bundle
from service.scenarios.story import read_stories


@click.command()
@click.argument("folder", required=False, type=click.Path(exists=True, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option(
    "--write", type=click.Path(path_type=Path), help="Write the pages of the regulation there."
)
def coverage(folder: Path | None, as_json: bool, write: Path | None) -> None:
    """Print the coverage of FOLDER (default: the project's own); status 1 when a clause is lost."""
    root = folder or project_root()
    definition = compile_bundle(read_bundle(root))
    report = report_of(definition, read_stories(root / "processes" / "scenarios"))
    if write:
        write_pages(definition, report, write)
    if as_json:
        click.echo(json.dumps(_data(report), ensure_ascii=False))
    else:
        for line in _lines(definition, report):
            click.echo(line)
    sys.exit(1 if report.findings else 0)


def _data(report: Coverage) -> dict[str, Any]:
    return {
        "clauses": [
            {
                "id": row.clause.id,
                "article": row.clause.article,
                "kind": row.clause.kind,
                "text": row.clause.text,
                "verdict": row.verdict,
                "reason": row.clause.reason or None,
                "carriers": [
                    {"kind": c.kind, "place": c.place, "name": c.name} for c in row.carriers
                ],
                "scenarios": list(row.stories),
            }
            for row in report.rows
        ],
        "untouched": [row.clause.id for row in report.untouched],
        "findings": list(report.findings),
    }


def _lines(definition: Definition, report: Coverage) -> list[str]:
    lines = [_line(row) for row in report.rows]
    verdicts = Counter(row.verdict for row in report.rows)
    articles = {row.clause.article for row in report.rows if row.verdict != "missing"}
    lines.append(
        f"条款 {len(report.rows)}：已承载 {verdicts['carried']}，说明理由 {verdicts['argued']}，"
        f"缺 {verdicts['missing']}；条 {len(articles)}/{len(definition.register.articles)}。"
    )
    untouched = "、".join(row.clause.id for row in report.untouched)
    lines.append(f"没有场景走到的条款 {len(report.untouched)}：{untouched or '无'}。")
    return [*lines, *report.findings]


def _line(row: Row) -> str:
    counts = Counter(carrier.kind for carrier in row.carriers)
    carried = " ".join(f"{KINDS[kind]}{counts[kind]}" for kind in KINDS if counts[kind])
    stories = " ".join(row.stories) or "—"
    return f"{row.clause.id:<9}{carried or row.clause.reason or '缺'}　｜　{stories}"
