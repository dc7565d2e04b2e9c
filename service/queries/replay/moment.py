"""A project at one of its steps: what its form said, which files, which decisions, how its diagram stood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection

from service.definitions import definition_of
from service.model.errors import NotFound
from service.queries.history import Papers, days_before, files_submitted, submitted
from service.queries.replay.compared import Compared, compared
from service.queries.replay.decisions import Fired, decisions_of
from service.queries.replay.states import Drawn, drawn_at, open_tasks
from service.queries.replay.steps import Step
from service.queries.replay.told import Told
from service.regulation.dates import local_date
from service.store import deployments, history


@dataclass(frozen=True)
class Moment:
    """The step, what its form said, its files (field, name, digest), which decisions fell, and its diagram:
    states and marks by element, flows that were taken (done) or not. `reason` is what was said of an act
    beside its form; `cause` the step that led to it; `later`: dates of the form from before its task
    was there, and how many days afterwards they were written down (补录); `compared`: the form beside the
    one that was submitted here before.
    """

    step: Step
    version: int
    newest: int
    values: list[tuple[str, str]]
    files: list[tuple[str, str, str]]
    later: Mapping[str, int]
    compared: Compared | None
    reason: str
    cause: Step | None
    decisions: list[Fired]
    states: Mapping[str, str]
    marks: Mapping[str, list[int]]
    flows: Mapping[str, str]
    open: list[str]


def moment_at(connection: Connection, told: Told, number: int) -> Moment:
    """The project at a step. Raises NotFound outside 1 … number of steps."""
    if not 1 <= number <= len(told.steps):
        raise NotFound(f"这个项目的记录共 {len(told.steps)} 步，没有第 {number} 步。")
    step = told.steps[number - 1]
    event = history.read_one(connection, step.seq)
    drawn = drawn_at(told, number)
    here = drawn.get((step.instance_key, step.process.id), Drawn(step.process))
    definition = definition_of(connection, step.bundle)
    values: list[tuple[str, str]] = []
    files: list[tuple[str, str, str]] = []
    later: dict[str, int] = {}
    if event.act == "complete_task":
        papers = Papers(connection, [event])
        files = files_submitted(papers, definition, event.body)
        named = {label for label, _, _ in files}
        values = [v for v in submitted(papers, definition, event.body)[0] if v[0] not in named]
        opened = local_date(event.at - (step.waited or timedelta()))
        later = days_before(papers, definition, event.body, opened, local_date(event.at))
    newest = deployments.newest(connection)
    causes = [s for s in told.steps[:number] if s.seq == step.cause]
    return Moment(
        step,
        deployments.version_of(connection, step.bundle),
        deployments.version_of(connection, newest) if newest else 0,
        values,
        files,
        later,
        compared(connection, told, step),
        _reason(event.body),
        causes[0] if causes else None,
        decisions_of(definition, event),
        here.states,
        here.marks,
        here.flows,
        open_tasks(drawn),
    )


def _reason(body: Mapping[str, Any]) -> str:
    """What was said of an act beside its form; of an emergency repair also what it was and who wanted it."""
    said = str(body.get("reason") or "")
    if "repair" not in body:
        return said
    return (
        f"{body['repair']['words']}。{body['proposed_by']}提出，{body['actor']['name']}确认：{said}"
    )
