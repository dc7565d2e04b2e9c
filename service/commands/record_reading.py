"""Write down that an auditor has read something: what, of which project, when."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, select, update

from service.commands._advance import actor_body
from service.model.actor import Actor
from service.store import history
from service.store.tables import auditor_reading

SAME = timedelta(minutes=10)  # looked at again within so long, it is one reading


def record_reading(
    connection: Connection,
    actor: Actor,
    what: str,
    *,
    address: str,
    project_key: str | None,
    now: datetime,
) -> int | None:
    """Append the event `read_record`; returns its number, None when it goes on with an earlier reading.

    It is an event of the record, but of no project: the chain and the evidence of a project hold what was
    done in it, not who looked at it. `what` in words; `address` without what was asked beside it.
    """
    last = auditor_reading.c
    this = (
        (last.account_key == actor.account_key)
        & (last.what == what[:100])
        & (last.matter_key == (project_key or address)[-64:])
    )
    before = connection.execute(select(last.at).where(this).with_for_update()).scalar()
    if before is not None and before <= now < before + SAME:
        return None
    if before is not None:
        connection.execute(update(auditor_reading).where(this).values(at=now))
    else:
        row = {"account_key": actor.account_key, "what": what[:100], "at": now}
        key = (project_key or address)[-64:]
        connection.execute(insert(auditor_reading).values(matter_key=key, **row))
    read = {"what": what, "address": address[:300], "project": project_key}
    return history.append(
        connection, at=now, act="read_record", body={"actor": actor_body(actor), "read": read}
    )
