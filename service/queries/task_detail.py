"""One task with all that its page shows."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, select

from service.definitions import definition_of, in_force
from service.engine import Definition, Element, variables
from service.forms import Form, wan
from service.model.access import is_candidate, person_away
from service.model.actor import Actor
from service.model.errors import NotFound
from service.queries.holders import holder_name
from service.regulation.facts import listed_fact
from service.store import tables as t
from service.store.agency import principal_of
from service.store.facts import facts_of
from service.store.form_context import form_context
from service.store.register import unit_names


@dataclass(frozen=True)
class TaskDetail:
    """A task, its element and form, what the form's expressions see, the draft, the project's row."""

    row: Any
    definition: Definition
    element: Element
    form: Form
    context: dict[str, Any]
    state: bytes
    facts: dict[str, Any]
    draft: dict[str, Any] | None
    project: Any
    unit: str
    amount: tuple[str, str] | None


def task_detail(
    connection: Connection, actor: Actor, task_key: str, *, now: datetime
) -> TaskDetail:
    """The task, for those whose group it is and the one who ended it. Raises NotFound for others."""
    row = connection.execute(select(t.task).where(t.task.c.task_key == task_key)).first()
    if row is None:
        raise NotFound("没有这项待办。")
    instance = connection.execute(
        select(t.instance).where(t.instance.c.instance_key == row.instance_key)
    ).one()
    definition = in_force(connection, definition_of(connection, instance.digest), now)
    group = definition.groups.groups.get(row.group_id)
    bound = group is not None and group.unit_id is None
    mine = is_candidate(actor, row.group_id, row.unit_id, project_bound=bound, person=row.person)
    mine = mine or person_away(actor, row, instance.process_id, bound=bound) is not None
    mine = mine or bool(
        principal_of(
            connection,
            definition.groups.groups,
            actor,
            project_key=row.project_key,
            group_id=row.group_id,
            unit_id=row.unit_id,
        )
    )
    if not mine and row.ended_by != actor.account_key:
        raise NotFound("没有这项待办。")
    element = definition.element(row.process_id, row.element_id)
    assert element.form_id
    facts = facts_of(connection, row.project_key)
    project = connection.execute(
        select(t.project).where(t.project.c.project_key == row.project_key)
    ).first()
    state = bytes(instance.state)
    form = definition.forms[element.form_id]
    context = form_context(
        connection,
        form.lists,
        definition.surroundings,
        definition.recorded,
        row,
        {**facts, **variables(state)},
    )
    return TaskDetail(
        row, definition, element, form, context, state, facts,
        values_to_begin_with(connection, actor, row), project,
        holder_name(definition, unit_names(connection), "", project.unit_id) if project else "",
        _amount(definition, facts),
    )  # fmt: skip


def _amount(definition: Definition, facts: dict[str, Any]) -> tuple[str, str] | None:
    """The amount that lists show: its name and 万元."""
    fact = definition.facts.get(listed_fact(definition.facts))
    value = facts.get(fact.id) if fact else None
    return (fact.label, wan(value)) if fact and isinstance(value, Decimal) else None


def submitted(connection: Connection, detail: TaskDetail) -> dict[str, Any] | None:
    """What was submitted when the task was done; None for one that is open or was cancelled."""
    content = connection.execute(
        select(t.submission.c.content).where(t.submission.c.task_key == detail.row.task_key)
    ).scalar_one_or_none()
    return json.loads(content) if content else None


def values_to_begin_with(connection: Connection, actor: Actor, row: Any) -> dict[str, Any] | None:
    """What the form of a task (a row) shows at first: the person's draft, else what was submitted last."""
    draft = connection.execute(
        select(t.draft.c.content).where(
            t.draft.c.task_key == row.task_key, t.draft.c.account_key == actor.account_key
        )
    ).scalar_one_or_none()
    return json.loads(draft) if draft else _previous(connection, row)


def _previous(connection: Connection, row: Any) -> dict[str, Any] | None:
    """What was submitted the last time this task was done in the instance, to begin with."""
    content = connection.execute(
        select(t.submission.c.content)
        .join(t.task, t.task.c.task_key == t.submission.c.task_key)
        .where(
            t.task.c.instance_key == row.instance_key,
            t.task.c.process_id == row.process_id,
            t.task.c.element_id == row.element_id,
            t.task.c.member.is_(row.member)
            if row.member is None
            else t.task.c.member == row.member,
        )
        .order_by(t.submission.c.submitted_at.desc())
        .limit(1)
    ).scalar_one_or_none()
    return json.loads(content) if content else None
