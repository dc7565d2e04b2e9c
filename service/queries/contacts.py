"""How people want to be told, and what is on its way to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from service.model.actor import Actor
from service.store import tables as t
from service.store.register import actors


@dataclass(frozen=True)
class Contact:
    """A person who wants mail: his address, `mode` (each, daily, off), since when."""

    actor: Actor
    email: str
    mode: str
    since: datetime


@dataclass(frozen=True)
class DeliveryRow:
    """A letter: its way and receiver, what came of it."""

    delivery_key: str
    way: str
    target: str
    address: str
    subject: str
    status: str
    tries: int
    retry_at: datetime
    created_at: datetime
    sent_at: datetime | None
    reason: str


def contact_of(connection: Connection, actor: Actor) -> Contact | None:
    """What the actor has asked for; None when he has said nothing yet."""
    row = connection.execute(
        select(t.contact).where(t.contact.c.account_key == actor.account_key)
    ).first()
    return Contact(actor, row.email, row.mode, row.since) if row else None


def contacts(connection: Connection) -> list[Contact]:
    """Everybody who wants mail and may still log in."""
    wanted = {
        row.account_key: row
        for row in connection.execute(select(t.contact).where(t.contact.c.mode != "off"))
    }
    if not wanted:
        return []
    people = actors(connection, t.account.c.disabled.is_(False))
    rows = [(actor, wanted.get(actor.account_key)) for _, actor in people]
    return [Contact(actor, row.email, row.mode, row.since) for actor, row in rows if row]


def last_deliveries(connection: Connection, target: str, limit: int = 5) -> list[DeliveryRow]:
    """The newest letters to one receiver."""
    d = t.delivery
    query = select(d).where(d.c.target == target).order_by(d.c.created_at.desc()).limit(limit)
    return [_row(row) for row in connection.execute(query)]


def undelivered(connection: Connection, limit: int = 200) -> list[DeliveryRow]:
    """Letters that were refused at least once and have not been sent: given up first, then by age."""
    d = t.delivery
    query = (
        select(d)
        .where(d.c.status != "sent", d.c.reason != "")
        .order_by(d.c.status, d.c.created_at, d.c.delivery_key)
        .limit(limit)
    )
    return [_row(row) for row in connection.execute(query)]


def _row(row: object) -> DeliveryRow:
    return DeliveryRow(**{name: getattr(row, name) for name in DeliveryRow.__dataclass_fields__})
