"""Replay: a project at any moment of its history, on the diagram as it then was."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, render_template, request

from service.definitions import definition_of
from service.model.errors import BadInput
from service.queries.projects import seen_project
from service.queries.record_proof import record_proof
from service.queries.replay import Moment, moment_at, told
from service.store.register import unit_names
from service.store.session import reading
from service.web.access import SIGNED_IN, access, actor, is_auditor
from service.web.drawing.svg import draw
from service.web.words import law_of

blueprint = Blueprint("replay", __name__)


@blueprint.get("/projects/<project_key>/replay")
@access(SIGNED_IN)
def page(project_key: str) -> Any:
    """The step that `step` names, or the one at `event` (the last one without either); all steps."""
    asked, event = request.args.get("step", ""), request.args.get("event", "")
    if any(text and not text.isdecimal() for text in (asked, event)):
        raise BadInput("步号应是数字。")
    key = current_app.extensions["config"].signer.public
    with reading(current_app.extensions["engine"]) as connection:
        row = seen_project(connection, actor(), project_key)
        log = told(connection, project_key)
        moment = moment_at(connection, log, int(asked) if asked else log.number_at(int(event or 0)))
        proof = record_proof(connection, key, moment.step.seq)
        definition = definition_of(connection, moment.step.bundle)
        unit = unit_names(connection).get(row.unit_id, row.unit_id)
    element = moment.step.element
    part = request.args.get("part") == "moment"  # what the player exchanges: all but the table
    return render_template(
        "replay_moment.html" if part else "replay.html",
        row=row,
        name=row.name or "（未命名项目）",
        unit=unit,
        steps=log.steps,
        moment=moment,
        proof=proof,
        drawing=_drawn(moment),
        auditor=is_auditor(actor()),
        law=law_of(definition, element.articles) if element else [],
        law_of=lambda clauses: law_of(definition, clauses),
    )


def _drawn(moment: Moment) -> str:
    """The diagram with this step in bold, unlike those that are open; a reminder that was not needed is not worth a
    colour."""
    elements = moment.step.process.elements
    states = {
        ref: state
        for ref, state in moment.states.items()
        if state != "back" or elements[ref].type != "boundaryEvent"
    }
    if moment.step.element and states.get(moment.step.element.id) != "now":
        states[moment.step.element.id] = "step"
    marks = {ref: "·".join(map(str, numbers[-3:])) for ref, numbers in moment.marks.items()}
    return draw(moment.step.process, {**states, **moment.flows}, "r", marks)
