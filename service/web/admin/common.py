"""What the pages of administration share: the blueprint, the offices, what their forms choose from."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, request

from service.definitions import newest_definition
from service.model.people import KINDS, ROLES
from service.store.register import posts_of, units_of
from service.store.session import reading

blueprint = Blueprint("admin", __name__, url_prefix="/admin")
SYSTEM_ADMIN, SECURITY_ADMIN, AUDIT_ADMIN = ROLES


def engine() -> Any:
    """The database of the application."""
    return current_app.extensions["engine"]


def reason() -> str:
    """Why, as typed; every change has to say."""
    return request.form.get("reason", "")[:500]


def choices() -> dict[str, Any]:
    """What the forms of administration choose from."""
    with reading(engine()) as connection:
        definition = newest_definition(connection)
        units, posts = units_of(connection), posts_of(connection)
    groups = definition.groups.groups if definition else {}
    return {
        "units": units,
        "posts": posts,
        "groups": groups,
        "roles": ROLES,
        "kinds": KINDS,
        "unit_options": [(u.unit_id, u.name) for u in units.values() if u.active],
        "post_options": [(p.post_id, p.name) for p in posts.values() if p.active],
        "group_options": [(g.id, g.name) for g in groups.values()],
        "shared_options": [(g.id, g.name) for g in groups.values() if g.unit_id is None],
    }
