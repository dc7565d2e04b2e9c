"""What an open task of a project still lacks: demands of its gate, and documents (现在缺什么)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from service.definitions import definition_of, in_force
from service.engine import Filled, GateItem, documents_of, gate_items, variables
from service.forms import hidden_fields, typed_values
from service.model.actor import Actor
from service.papers.materials import Material, materials, missing
from service.queries.holders import Holder
from service.queries.task_detail import values_to_begin_with
from service.store import tables as t
from service.store.facts import facts_of
from service.store.form_context import form_context


@dataclass(frozen=True)
class StillMissing:
    """An open task with what keeps it from being submitted: `bad` demands are not met by what is known,
    `waiting` ones wait for a field of the form; `materials` have to be attached.
    """

    holder: Holder
    bad: tuple[GateItem, ...]
    waiting: tuple[GateItem, ...]
    materials: tuple[Material, ...]

    @property
    def count(self) -> int:
        """How many things are missing."""
        return len(self.bad) + len(self.waiting) + len(self.materials)


def still_missing(
    connection: Connection, actor: Actor, holders: Iterable[Holder], *, now: datetime
) -> list[StillMissing]:
    """Of the open tasks those that lack something. Judged by what was submitted before and, in the reader's
    own tasks, by his draft: nobody sees what others have typed.
    """
    found = (_missing(connection, actor, holder, now) for holder in holders)
    return [one for one in found if one.count]


def _missing(connection: Connection, actor: Actor, holder: Holder, now: datetime) -> StillMissing:
    task = connection.execute(select(t.task).where(t.task.c.task_key == holder.task_key)).one()
    instance = connection.execute(
        select(t.instance).where(t.instance.c.instance_key == task.instance_key)
    ).one()
    definition = in_force(connection, definition_of(connection, instance.digest), now)
    element = definition.element(task.process_id, task.element_id)
    assert element.form_id
    form, state = definition.forms[element.form_id], bytes(instance.state)
    facts = facts_of(connection, task.project_key)
    values = values_to_begin_with(connection, actor, task) or {}
    typed = typed_values(form, values)
    items: tuple[GateItem, ...] = ()
    if "gate" in element.properties:
        items = gate_items(Filled(definition, state, task.task_key, typed, facts, now))
    asked = documents_of(definition, element, state, typed, facts=facts, now=now)
    listed = ((d.name, d.clauses) for d in asked.listed) if asked else ()
    seen = {**facts, **variables(state)}
    context = form_context(connection, (), definition.surroundings, {}, task, seen)
    hidden = hidden_fields(form, values, context, now)
    lacking = missing(materials(form, listed, asked.possible if asked else (), values, hidden))
    return StillMissing(holder, _in_state(items, "bad"), _in_state(items, "wait"), lacking)


def _in_state(items: Iterable[GateItem], state: str) -> tuple[GateItem, ...]:
    return tuple(item for item in items if item.state == state)
