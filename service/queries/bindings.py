"""Which accounts have a second factor, and which are bound to people of a provider."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, or_, select

from service.store import tables as t


@dataclass(frozen=True)
class Binding:
    """An account with what it is bound to, since when."""

    account_key: str
    login: str
    name: str
    unit: str
    factor_since: datetime | None
    provider_since: datetime | None


def bindings(connection: Connection) -> list[Binding]:
    """Bound accounts by login."""
    a, s, i = t.account.c, t.second_factor, t.identity
    query = (
        select(
            a.account_key,
            a.login,
            a.name,
            t.unit.c.name.label("unit"),
            s.c.confirmed_at.label("factor_since"),
            i.c.bound_at.label("provider_since"),
        )
        .join(t.unit, t.unit.c.unit_id == a.unit_id)
        .outerjoin(s, s.c.account_key == a.account_key)
        .outerjoin(i, i.c.account_key == a.account_key)
        .where(or_(s.c.confirmed_at.is_not(None), i.c.bound_at.is_not(None)))
        .order_by(a.login)
    )
    return [Binding(**row._mapping) for row in connection.execute(query)]
