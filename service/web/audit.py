"""What auditors ask of the whole county: all questions with their counts, one with its rows, sheets of both."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from flask import Blueprint, current_app, render_template, request, send_file
from sqlalchemy import Connection

from service.definitions import in_force, newest_definition
from service.engine import Definition
from service.jobs.index_record import index_record
from service.model.errors import BadInput
from service.queries.questions.asked import (
    answer,
    asked,
    mark_of,
    question_of,
    rule_questions,
    rules,
)
from service.queries.questions.declared import Column, Question, questions_of
from service.queries.questions.table import Answer, Filters
from service.regulation.dates import local_date
from service.store.register import units_of
from service.store.session import reading
from service.web.access import AUDITOR, access, now
from service.web.days import day_asked
from service.web.words import law_of, minute
from service.web.workbook import XLSX, workbook

blueprint = Blueprint("audit", __name__, url_prefix="/audit")
AT_ONCE = 800  # events that a page reads by itself; the worker reads the rest
MOST = 100_000  # rows of a sheet
PEEK = 5


def _engine() -> Any:
    return current_app.extensions["engine"]


@blueprint.get("")
@access(AUDITOR)
def index() -> Any:
    """All questions: how many rows answer each, and the first of them."""
    index_record(_engine(), now=now(), most=AT_ONCE)
    filters = _filters()
    with reading(_engine()) as connection:
        definition = _definition(connection)
        rows = asked(connection, definition, filters, now=now())
        first = {
            one.question.id: answer(
                connection, definition, one.question, filters, now=now(), limit=PEEK
            )
            for one in rows
            if one.rows
        }
        return render_template(
            "audit/index.html",
            rows=rows,
            first=first,
            rules=rules(connection, definition, filters),
            **_around(connection, definition, filters),
        )


@blueprint.get("/<question_id>")
@access(AUDITOR)
def page(question_id: str) -> Any:
    """One question, fifty rows at a time."""
    index_record(_engine(), now=now(), most=AT_ONCE)
    filters = _filters()
    with reading(_engine()) as connection:
        definition = _definition(connection)
        question = question_of(definition, question_id)
        after = request.args.get("after", "")[:200]
        found = answer(connection, definition, question, filters, now=now(), after=after)
        return render_template(
            "audit/question.html",
            question=question,
            found=found,
            later=bool(after),
            **_around(connection, definition, filters),
        )


@blueprint.get("/<question_id>.xlsx")
@access(AUDITOR)
def sheet(question_id: str) -> Any:
    """All rows of a question, or (`all`) of every question, as a sheet."""
    index_record(_engine(), now=now(), most=AT_ONCE)
    filters = _filters()
    with reading(_engine()) as connection:
        definition = _definition(connection)
        everything = [*questions_of(definition).values(), *rule_questions(definition)]
        wanted = everything if question_id == "all" else [question_of(definition, question_id)]
        above = [_told(connection, filters)]
        content = workbook(_sheet(connection, definition, q, filters, above) for q in wanted)
    name = "审计问题" if question_id == "all" else wanted[0].title[:40]
    return send_file(
        io.BytesIO(content),
        mimetype=XLSX,
        as_attachment=True,
        download_name=f"{name}_{local_date(now())}.xlsx",
    )


def _sheet(
    connection: Connection,
    definition: Definition,
    question: Question,
    filters: Filters,
    above: list[str],
) -> tuple[str, list[str], tuple[Column, ...], Iterator[Any]]:
    whole: Answer = answer(connection, definition, question, filters, now=now(), limit=MOST)
    lines = [question.title, *above]
    if whole.after:
        lines.append(f"只列出前 {MOST} 行，请缩小期间或单位后再导出。")
    columns = (*whole.columns, ("事件", "number"), ("标出", "text"))
    rows = ((*row.cells, row.seq, "是" if row.marked else "") for row in whole.rows)
    return question.title, lines, columns, rows


def _told(connection: Connection, filters: Filters) -> str:
    """What the rows are of: until which event, which filters."""
    mark = mark_of(connection)
    units = units_of(connection)
    said = [f"据事件日志第 1 至 {mark.upto} 号，{minute(now())} 导出"]
    if filters.since or filters.until:
        said.append(f"期间 {filters.since or '最早'} 至 {filters.until or '今日'}")
    if filters.unit:
        said.append(f"单位 {units[filters.unit].name if filters.unit in units else filters.unit}")
    if filters.article:
        said.append(f"第 {filters.article} 条")
    return "；".join(said)


def _definition(connection: Connection) -> Definition:
    return in_force(connection, newest_definition(connection), now())


def _around(connection: Connection, definition: Definition, filters: Filters) -> dict[str, Any]:
    """What every page of this kind needs."""
    chosen = {
        "since": filters.since,
        "until": filters.until,
        "unit": filters.unit,
        "article": filters.article,
    }
    return {
        "filters": filters,
        "chosen": {key: value for key, value in chosen.items() if value},
        "units": [u for u in units_of(connection).values() if u.active],
        "articles": definition.register.articles.values(),
        "mark": mark_of(connection),
        "law_of": lambda clauses: law_of(definition, clauses),
    }


def _filters() -> Filters:
    """What the address asks for. Raises BadInput."""
    args = request.args
    article = args.get("article", "")
    if article and not article.isdecimal():
        raise BadInput("条应是数字，请从列表中选择。")
    since, until = day_asked("since"), day_asked("until")
    if since and until and since > until:
        raise BadInput(f"开始日期 {since} 晚于结束日期 {until}，请改正。")
    return Filters(since, until, args.get("unit") or None, int(article) if article else None)
