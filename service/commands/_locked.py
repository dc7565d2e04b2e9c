"""What a transaction holds: a project's row, and the instances of it that it has read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, select

from service.definitions import definition_of
from service.engine import Definition
from service.model.errors import NotFound
from service.model.keys import new_key
from service.store import tables as t
from service.store.facts import facts_from
from service.store.prepared import Prepared

_PROJECT = Prepared(
    select(t.project.c.facts).where(t.project.c.project_key == bindparam("key")).with_for_update()
)
_INSTANCE = Prepared(
    select(t.instance).where(t.instance.c.instance_key == bindparam("key")).with_for_update()
)
_PROJECT_OF = Prepared(
    select(t.instance.c.project_key).where(t.instance.c.instance_key == bindparam("key"))
)


@dataclass
class Locked:
    """An instance whose project's row (or own row) this transaction holds.

    `facts` is one mapping for all instances of the project that the transaction holds. `in_force`: the
    definition is already the one in force for the next step.
    """

    instance_key: str
    process_id: str
    project_key: str | None
    definition: Definition
    state: bytes | None
    seq: int
    facts: dict[str, Any]
    in_force: bool = False


def lock_project(connection: Connection, project_key: str) -> dict[str, Any]:
    """Hold a project until the transaction ends; its facts. Raises NotFound."""
    row = _PROJECT.first(connection, {"key": project_key})
    if row is None:
        raise NotFound("没有这个项目。")
    return facts_from(row.facts)


def lock_instance(connection: Connection, instance_key: str) -> Locked:
    """Hold an instance (through its project, when it has one) and read it. Raises NotFound."""
    row = _PROJECT_OF.first(connection, {"key": instance_key})
    if row is None:
        raise NotFound("没有这个流程实例。")
    return lock_within(connection, row.project_key, instance_key)


def lock_within(connection: Connection, project_key: str | None, instance_key: str) -> Locked:
    """The same, when the project is known."""
    facts = lock_project(connection, project_key) if project_key else {}
    return read_locked(connection, instance_key, facts)


def read_locked(connection: Connection, instance_key: str, facts: dict[str, Any]) -> Locked:
    """Read an instance whose project this transaction holds already."""
    row = _INSTANCE.first(connection, {"key": instance_key})
    assert row is not None
    return Locked(
        instance_key,
        row.process_id,
        row.project_key,
        definition_of(connection, row.digest),
        bytes(row.state),
        row.seq,
        facts,
    )


def new_instance(
    definition: Definition, process_id: str, project_key: str | None, facts: dict[str, Any]
) -> Locked:
    """An instance that does not exist yet; its first step inserts it."""
    return Locked(new_key("i"), process_id, project_key, definition, None, 0, facts)
