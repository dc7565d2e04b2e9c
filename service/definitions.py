"""The compiled definition of a deployed digest, read from the database at most once.

Between the store, which has the bytes, and the engine, which compiles them.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from service.engine import Definition, compile_bundle, with_rules
from service.model.errors import Refused
from service.regulation.dates import local_date
from service.store import deployments, rules

_known: dict[str, Definition] = {}
LIMIT = 8


def definition_of(connection: Connection, digest: str) -> Definition:
    """The definition of a digest."""
    if digest not in _known:
        if len(_known) >= LIMIT:
            _known.pop(next(iter(_known)))
        _known[digest] = compile_bundle(deployments.read_back(connection, digest))
    return _known[digest]


def newest_definition(connection: Connection) -> Definition:
    """The definition of the newest deployment. Raises Refused when nothing is deployed yet."""
    digest = deployments.newest(connection)
    if digest is None:
        raise Refused("还没有部署流程，请先运行 banjie deploy。")
    return definition_of(connection, digest)


def in_force(connection: Connection, definition: Definition, now: datetime) -> Definition:
    """`definition` under the settings and the calendar that are in force at a moment (ADR 0007)."""
    deployed = definition.as_deployed or definition
    values = rules.values_on(connection, local_date(now))
    calendar = rules.calendar_with(connection, deployed.calendar)
    if not values and calendar is deployed.calendar:
        return deployed
    return with_rules(deployed, values, calendar)
