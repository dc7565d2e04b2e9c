"""The register of units, posts and people, read: names, lists for forms, who holds which group."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Connection, select, true

from service.model.actor import Actor
from service.model.people import Person, PostEntry, UnitEntry, groups_of
from service.store import tables as t

UNITS = "_units"  # `GROUP_units`: the units that may have GROUP
PEOPLE = "_people"  # `GROUP_people` in a form's valuesKey: the people who hold GROUP


def units_of(connection: Connection) -> dict[str, UnitEntry]:
    """All units by id, in order of kind and name."""
    rows = connection.execute(select(t.unit).order_by(t.unit.c.kind, t.unit.c.spelling))
    return {row.unit_id: _unit(row) for row in rows}


def unit_of(connection: Connection, unit_id: str) -> UnitEntry | None:
    """One unit."""
    row = connection.execute(select(t.unit).where(t.unit.c.unit_id == unit_id)).first()
    return _unit(row) if row else None


def _unit(row: Any) -> UnitEntry:
    return UnitEntry(
        row.unit_id, row.name, row.kind, tuple(row.groups), tuple(row.aliases), row.active
    )


def unit_names(connection: Connection) -> dict[str, str]:
    """Names of units by id."""
    return {r.unit_id: r.name for r in connection.execute(select(t.unit.c.unit_id, t.unit.c.name))}


def posts_of(connection: Connection) -> dict[str, PostEntry]:
    """All posts by id."""
    rows = connection.execute(select(t.post).order_by(t.post.c.name))
    return {r.post_id: PostEntry(r.post_id, r.name, tuple(r.groups), r.active) for r in rows}


def person_of(row: Any) -> Person:
    """A row of `account` as administration writes it."""
    return Person(
        row.login, row.name, row.unit_id, tuple(row.posts), row.role, active=not row.disabled
    )


def actors(connection: Connection, where: ColumnElement[bool]) -> list[tuple[Any, Actor]]:
    """(row of the account, the person as an actor) for the accounts that meet a condition."""
    posts = posts_of(connection)
    query = (
        select(
            t.account,
            t.unit.c.name.label("unit_name"),
            t.unit.c.spelling.label("unit_spelling"),
            t.unit.c.groups.label("unit_groups"),
            t.unit.c.active.label("unit_active"),
        )
        .join(t.unit, t.unit.c.unit_id == t.account.c.unit_id)
        .where(where)
        .order_by(t.account.c.login)
    )
    return [(row, _actor(row, posts)) for row in connection.execute(query)]


def _actor(row: Any, posts: dict[str, PostEntry]) -> Actor:
    held = [posts[p] for p in row.posts if p in posts]
    allowed = row.unit_groups if row.unit_active else ()
    return Actor(
        row.account_key,
        row.name,
        row.unit_id,
        row.unit_name,
        "、".join(post.name for post in held),
        groups_of(held, allowed, row.role),
        row.login,
        row.role,
    )


def lists_for(
    connection: Connection, wanted: Iterable[str], *, everybody: bool = False
) -> dict[str, list[dict[str, str]]]:
    """Lists that forms choose from, those `wanted`: `units`, `GROUP_units`, and `GROUP_people` by login.

    To choose from: what is active now. `everybody` names also those who are no longer, for reading.
    """
    found: dict[str, list[dict[str, str]]] = {}
    for name in set(wanted):
        if lists_units(name):
            group = None if everybody or name == "units" else name.removesuffix(UNITS)
            entries = (u for u in units_of(connection).values() if u.active or everybody)
            found[name] = [
                {"value": u.unit_id, "label": u.name}
                for u in entries
                if group is None or group in u.groups
            ]
        elif name.endswith(PEOPLE):
            group = None if everybody else name.removesuffix(PEOPLE)
            found[name] = _people(connection, group)
    return found


def lists_units(name: str) -> bool:
    """Whether a list that a form names is one of units."""
    return name == "units" or name.endswith(UNITS)


def _people(connection: Connection, group_id: str | None) -> list[dict[str, str]]:
    everybody = actors(connection, true() if group_id is None else t.account.c.disabled.is_(False))
    return [
        {"value": a.login, "label": f"{a.name}（{a.unit_name}）"}
        for _, a in everybody
        if group_id is None or group_id in a.groups
    ]
