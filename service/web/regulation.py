"""The regulation: its articles with what carries each clause, and the diagrams that carry them."""

from __future__ import annotations

import functools
from typing import Any

from flask import Blueprint, current_app, render_template

from service.config import project_root
from service.coverage.carriers import KINDS
from service.coverage.report import Coverage, coverage
from service.definitions import newest_definition
from service.engine import Definition
from service.model.errors import NotFound
from service.queries.process_order import process_order
from service.scenarios.story import Story, read_stories
from service.store.session import reading
from service.web.access import SIGNED_IN, access
from service.web.drawing.svg import draw

blueprint = Blueprint("regulation", __name__)


@blueprint.get("/regulation")
@access(SIGNED_IN)
def index() -> Any:
    """All articles with how many of their clauses are carried and exercised."""
    definition = _newest()
    report = _report(definition)
    chapters: dict[str, list[Any]] = {}
    for article in definition.register.articles.values():
        rows = [row for row in report.rows if row.clause.article == article.number]
        chapters.setdefault(article.chapter, []).append((article, rows))
    return render_template(
        "regulation.html", register=definition.register, chapters=chapters, report=report
    )


@blueprint.get("/regulation/<int:number>")
@access(SIGNED_IN)
def article(number: int) -> Any:
    """One article: its text, and each clause with what carries it."""
    definition = _newest()
    articles = definition.register.articles
    if number not in articles:
        raise NotFound("办法没有这一条。")
    rows = [row for row in _report(definition).rows if row.clause.article == number]
    return render_template(
        "article.html",
        article=articles[number],
        rows=rows,
        kinds=KINDS,
        titles={story.id: story.title for story in _stories()},
        last=max(articles),
    )


@blueprint.get("/processes")
@access(SIGNED_IN)
def processes() -> Any:
    """All process definitions of the newest deployment, as a project meets them."""
    return render_template("processes.html", processes=process_order(_newest()))


@blueprint.get("/processes/<process_id>")
@access(SIGNED_IN)
def process(process_id: str) -> Any:
    """One diagram with its elements, who does them and on which clauses they rest."""
    definition = _newest()
    if process_id not in definition.processes:
        raise NotFound("没有这个流程。")
    found = definition.processes[process_id]
    return render_template(
        "process.html", process=found, drawing=draw(found, {}, "d"), clauses=definition.clauses
    )


def _newest() -> Definition:
    with reading(current_app.extensions["engine"]) as connection:
        return newest_definition(connection)


@functools.lru_cache(maxsize=2)
def _report(definition: Definition) -> Coverage:
    return coverage(definition, _stories())


@functools.cache
def _stories() -> tuple[Story, ...]:
    return tuple(read_stories(project_root() / "processes" / "scenarios"))
