"""Let a running instance go on under another version of the diagrams, and say beforehand whether it can."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from service.commands._advance import Act, advance_locked
from service.commands._drafting import check_owner
from service.commands._going_back import checked_reason
from service.commands._locked import lock_instance
from service.definitions import definition_of, in_force
from service.engine import advance
from service.model.actor import Actor
from service.model.errors import Refused
from service.model.inputs import MigrateInstance
from service.recorded import past_of
from service.store import history


def may_migrate(
    connection: Connection, instance_key: str, digest: str, *, now: datetime
) -> str | None:
    """Why an instance cannot go on under the version `digest`; None when it can. Nothing is written."""
    locked = lock_instance(connection, instance_key)
    definition = in_force(connection, definition_of(connection, digest), now)
    past = past_of(connection, instance_key, locked.project_key, onto=digest)
    try:
        advance(
            definition,
            locked.state,
            MigrateInstance(locked.definition.digest),
            instance_key=instance_key,
            now=now,
            facts=locked.facts,
            past=past,
        )
    except Refused as refused:
        return refused.message
    return None


def migrate_instance(
    connection: Connection,
    actor: Actor,
    instance_key: str,
    digest: str,
    *,
    reason: str,
    now: datetime,
) -> None:
    """Go on under `digest`; what is open keeps its key, its dates, its drafts.

    Raises NotAllowed to all but process owners, NotFound, Refused with why it cannot.
    """
    check_owner(connection, actor)
    said = checked_reason(reason, wanted="换版的理由")
    locked = lock_instance(connection, instance_key)
    was = locked.definition.digest
    if was == digest:
        raise Refused("这件事已经是这个版本。")
    locked.definition = definition_of(connection, digest)
    act = Act(actor, "migrate_instance", now, {"reason": said, "was": was})
    advance_locked(connection, locked, MigrateInstance(was), act)


def undo_migration(
    connection: Connection, actor: Actor, instance_key: str, *, reason: str, now: datetime
) -> None:
    """Go back to the version from before the last migration. Raises as `migrate_instance`."""
    events = history.read(connection, instance_key=instance_key)
    moves = [e for e in events if e.act == "migrate_instance"]
    if not moves:
        raise Refused("这件事没有换过版。")
    was = str(moves[-1].body["was"])
    migrate_instance(connection, actor, instance_key, was, reason=reason, now=now)
