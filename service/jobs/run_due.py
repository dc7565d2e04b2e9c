"""Fire all timers that are due, each in a transaction of its own, in order of due time."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Engine, and_, or_, select

from service.commands.fire_timer import Fired, fire_timer
from service.commands.record_incident import record_incident
from service.definitions import learn
from service.model.errors import Refused
from service.store.session import begin, reading
from service.store.tables import due_timer, incident


@dataclass
class Round:
    """What a round of the worker did: timers that fired, and why others did not."""

    fired: list[Fired] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)


def run_due(engine: Engine, *, now: datetime) -> Round:
    """Fire until nothing is due. A timer that fails becomes an incident and is left for later, so that it
    does not hold up the others; when the database fails, its error leaves.
    """
    done = Round()
    learn(engine)
    while (task_key := _next(engine, now, done)) is not None:
        try:
            with begin(engine) as connection:
                fired = fire_timer(connection, now=now, task_key=task_key)
        except Exception as wrong:  # whatever it is, it concerns this timer alone
            reason = wrong.message if isinstance(wrong, Refused) else repr(wrong)
            with begin(engine) as connection:
                record_incident(connection, task_key, reason, now=now)
            done.failed[task_key] = reason
        else:
            if fired is not None:
                done.fired.append(fired)
    return done


def _next(engine: Engine, now: datetime, done: Round) -> str | None:
    """The earliest due timer that has not failed in this round and is not paused."""
    query = (
        select(due_timer.c.task_key)
        .join(incident, incident.c.task_key == due_timer.c.task_key, isouter=True)
        .where(
            and_(
                due_timer.c.due_at <= now,
                or_(incident.c.retry_at.is_(None), incident.c.retry_at <= now),
                due_timer.c.task_key.not_in(done.failed),
            )
        )
        .order_by(due_timer.c.due_at, due_timer.c.task_key)
        .limit(1)
    )
    with reading(engine) as connection:
        return connection.execute(query).scalar_one_or_none()
