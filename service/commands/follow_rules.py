"""Timers and time limits of running instances follow the settings and the calendar that are now in force."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select, union

from service.commands._advance import Act, advance_locked
from service.commands._locked import lock_instance
from service.definitions import definition_of, in_force
from service.engine import advance
from service.model.actor import SYSTEM
from service.model.inputs import RearmTimers
from service.store import tables as t

RULES = "settings"
_TIMERS = select(t.due_timer.c.instance_key, t.due_timer.c.process_id, t.due_timer.c.element_id)
_LIMITS = select(t.task.c.instance_key, t.task.c.process_id, t.task.c.element_id).where(
    t.task.c.status == "open", t.task.c.due_at.is_not(None)
)


def followers(connection: Connection) -> list[str]:
    """Keys of running instances with a timer or a limit that reads settings, in a fixed order."""
    dated = union(_TIMERS, _LIMITS).subquery()
    rows = connection.execute(
        select(dated, t.instance.c.digest).join(
            t.instance, t.instance.c.instance_key == dated.c.instance_key
        )
    )
    return sorted(
        {
            row.instance_key
            for row in rows
            if RULES
            in definition_of(connection, row.digest).date_reads[row.process_id, row.element_id]
        }
    )


def follow_rules(connection: Connection, instance_key: str, *, now: datetime) -> bool:
    """Compute the dates of one instance anew, as on the days on which they were set; whether any has moved.

    Nothing is written when none has.
    """
    locked = lock_instance(connection, instance_key)
    locked.definition, locked.in_force = in_force(connection, locked.definition, now), True
    input_ = RearmTimers((RULES,))
    step = advance(
        locked.definition,
        locked.state,
        input_,
        instance_key=instance_key,
        now=now,
        facts=locked.facts,
    )
    if not step.events:
        return False
    advance_locked(connection, locked, input_, Act(SYSTEM, "rearm_timers", now))
    return True
