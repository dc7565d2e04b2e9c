"""Where processes wait: the diagram of a version coloured by the median of each element, and a table beside it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, render_template, request

from service.definitions import definition_of, newest_definition
from service.jobs.index_record import index_record
from service.model.errors import BadInput, NotFound
from service.queries.questions.asked import mark_of
from service.queries.questions.heat import WORDS, heat, slowest, versions_of
from service.store import deployments
from service.store.session import reading
from service.web.access import INSIGHT, access, actor, is_auditor, now
from service.web.audit import AT_ONCE
from service.web.drawing.svg import draw
from service.web.words import plain_number

blueprint = Blueprint("heat", __name__, url_prefix="/heat")


@blueprint.get("")
@access(INSIGHT)
def index() -> Any:
    """All processes with their slowest element."""
    index_record(current_app.extensions["engine"], now=now(), most=AT_ONCE)
    with reading(current_app.extensions["engine"]) as connection:
        definition = newest_definition(connection)
        worst = slowest(connection)
        mark = mark_of(connection)
    rows = [
        (process, *worst.get(process.id, (0, "", 0.0))) for process in definition.processes.values()
    ]
    rows.sort(key=lambda row: -row[3])
    return render_template(
        "audit/heat_index.html", rows=rows, mark=mark, auditor=is_auditor(actor())
    )


@blueprint.get("/<process_id>")
@access(INSIGHT)
def page(process_id: str) -> Any:
    """One process in one version (`version`; without it the newest that was used)."""
    index_record(current_app.extensions["engine"], now=now(), most=AT_ONCE)
    wanted = request.args.get("version", "")
    if wanted and not wanted.isdecimal():
        raise BadInput("版本应是数字，请从页面上选择。")
    with reading(current_app.extensions["engine"]) as connection:
        known = versions_of(connection, process_id)
        latest = deployments.newest(connection) or ""
        newest = deployments.version_of(connection, latest)
        known.setdefault(newest, latest)
        version = int(wanted) if wanted else next(iter(known))
        if version not in known:
            raise NotFound("这个流程没有用过这一版。")
        definition = definition_of(connection, known[version])
        if process_id not in definition.processes:
            raise NotFound("没有这个流程，或这一版里没有它。")
        process = definition.processes[process_id]
        rows = heat(connection, process, known[version])
        mark = mark_of(connection)
    states = {w.element.id: "never" if w.taken is None else f"h{w.step}" for w in rows if w.waits}
    marks = {w.element.id: f"{plain_number(w.taken.median)}天" for w in rows if w.taken and w.waits}
    return render_template(
        "audit/heat.html",
        process=process,
        drawing=draw(process, states, "h", marks),
        rows=rows,
        words=WORDS,
        version=version,
        newest=newest,
        known=sorted(known, reverse=True),
        mark=mark,
        auditor=is_auditor(actor()),
    )
